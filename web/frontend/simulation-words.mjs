// Token simulation speaks English without asking a `translate` service: its sources are made to ask `word` while they are
// bundled. What a rule no longer finds stops the build, so another version is noticed.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const WORDS = "A-Z][A-Za-z /-]*[A-Za-z";
const EVERYWHERE = [
  [new RegExp(`title="([${WORDS}])"`, "g"), (_, text) => `title="\${ word('${text}') }"`],
  [new RegExp(`\\btext: '([${WORDS}])'`, "g"), (_, text) => `text: word('${text}')`],
];
const ONE_FILE = {
  "features/log/Log.js": [
    [new RegExp(`\\|\\| '([${WORDS}])'`, "g"), (_, text) => `|| word('${text}')`, 19],
    [/: 'Process'(?=\s*\})/g, () => ": word('Process')", 2],
    [/\$\{\s*completed \? 'finished' : 'canceled'\s*\}/g, () => "${ completed ? word('finished') : word('canceled') }", 1],
    [/\} started`/g, () => "} ${ word('started') }`", 1],
    [/^\s*Simulation Log\s*$/gm, () => "${ word('Simulation Log') }", 1],
    [/aria-label="Close"/g, () => "aria-label=\"${ word('Close') }\"", 1],
    [/No Entries/g, () => "${ word('No Entries') }", 2],
    // a quoted text next to these is a template of its own
    [/'<p class="bts-entry placeholder">(.*?)<\/p>'/g, (_, text) => `\`<p class="bts-entry placeholder">${text}</p>\``, 1],
  ],
  "features/toggle-mode/modeler/ToggleMode.js": [[/Token Simulation </g, () => "${ word('Token Simulation') } <", 3]],
  "features/toggle-mode/viewer/ToggleMode.js": [[/Token Simulation </g, () => "${ word('Token Simulation') } <", 3]],
  "features/show-scopes/ShowScopes.js": [[/Focus process instance \$\{scope\.id\}/g, () => "${ word('Focus process instance {id}', { id: scope.id }) }", 1]],
  "features/set-animation-speed/SetAnimationSpeed.js": [
    [/Set animation speed = \$\{ label \}/g, () => "${ word('Set animation speed = {label}', { label: word(label) }) }", 1],
  ],
  "features/context-pads/handler/PauseHandler.js": [
    [/\$\{ wait \? 'Remove' : 'Add' \} pause point/g, () => "${ wait ? word('Remove pause point') : word('Add pause point') }", 1],
  ],
};

export function simulationWords(here) {
  const words = JSON.stringify(join(here, "src", "studio", "words.js"));
  return {
    name: "simulation-words",
    setup(build) {
      build.onLoad({ filter: /bpmn-js-token-simulation[\\/]lib[\\/].*\.js$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const name = path.split(/bpmn-js-token-simulation[\\/]lib[\\/]/).pop().replaceAll("\\", "/");
        let contents = source;
        for (const [pattern, by] of EVERYWHERE) contents = contents.replace(pattern, by);
        for (const [pattern, by, times] of ONE_FILE[name] ?? []) {
          const found = contents.match(pattern)?.length ?? 0;
          if (found < times) throw new Error(`token simulation changed: ${pattern} is ${found} times in ${name}, not ${times}`);
          contents = contents.replace(pattern, by);
        }
        return { contents: contents === source ? source : `import { word } from ${words};\n${contents}`, loader: "js" };
      });
    },
  };
}

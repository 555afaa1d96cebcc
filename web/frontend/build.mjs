// Builds web/static/dist and engine/kernel/feelin.js from the locked packages.
//   node build.mjs           writes them
//   node build.mjs --texts   says what the editor of drawings asks to be translated, and what of it is missing
//   node build.mjs --check   builds into a temporary folder and compares every hash with what is committed
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { strictFeelin } from "./feel/strict.mjs";
import { chinesePlaceholders } from "./chinese-placeholders.mjs";
import { formEditorWords } from "./form-editor-words.mjs";
import { iconSprite } from "./icons.mjs";
import { licenceTexts } from "./licences.mjs";
import { textsIn } from "./editor-texts.mjs";
import { panelOnly, withoutCodeEditors } from "./panel-only.mjs";
import { simulationWords } from "./simulation-words.mjs";
import { ZH } from "./src/studio/zh.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const committed = { dist: join(root, "web", "static", "dist"), feel: join(root, "engine", "kernel", "feelin.js") };
const feelEntry = join(here, "feel", "feelin.entry.js");

const browser = {
  bundle: true,
  minify: true,
  charset: "utf8",
  target: ["es2020", "chrome87", "firefox90"],
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".eot": "empty", ".woff": "empty", ".ttf": "empty", ".svg": "dataurl", ".woff2": "file" },
};

const studioBuild = {
  ...browser,
  absWorkingDir: here,
  entryPoints: { studio: "src/studio.js" },
  format: "iife",
  plugins: [simulationWords(here), panelOnly, withoutCodeEditors],
};

async function buildPages(outdir) {
  const result = await build({
    ...browser,
    absWorkingDir: here,
    entryPoints: {
      app: "src/app.js",
      form: "src/form.js",
      diagram: "src/diagram.js",
      theme: "src/theme.js",
      "studio-layout": "src/studio-layout.js",
      versions: "src/versions.js",
      playback: "src/playback.js",
      "studio-table": "src/studio-table.js",
      "studio-form": "src/studio-form.js",
      "app-style": "css/app.css",
      "form-style": "css/form.css",
      "diagram-style": "css/diagram.css",
      "studio-style": "css/studio-editor.css",
      "versions-style": "css/versions.css",
      "playback-style": "css/playback.css",
      "studio-table-style": "css/studio-table.css",
      "studio-form-style": "css/studio-form.css",
      "public-style": "css/public.css",
    },
    outdir,
    format: "iife",
    plugins: [chinesePlaceholders, simulationWords(here), panelOnly, formEditorWords],
  });
  const studio = await build({ ...studioBuild, outdir });
  writeFileSync(join(outdir, "icons.svg"), iconSprite(here));
  const inputs = [...Object.keys(result.metafile.inputs), ...Object.keys(studio.metafile.inputs)];
  writeFileSync(join(outdir, "licenses.txt"), licenceTexts(here, inputs));
}

async function buildFeel(outfile) {
  await build({
    bundle: true,
    minify: true,
    charset: "utf8",
    target: "es2022",
    format: "iife",
    globalName: "feelin",
    legalComments: "none",
    logLevel: "warning",
    absWorkingDir: here,
    entryPoints: [feelEntry],
    plugins: [strictFeelin],
    outfile,
  });
}

// The editor once more, its names left as they are: what it asks to be translated must be in its dictionary.
async function textsOfEditor() {
  const { outputFiles } = await build({ ...studioBuild, minify: false, metafile: false, outdir: here, write: false });
  return textsIn(here, outputFiles.find(({ path }) => path.endsWith(".js")).text, ZH);
}

async function checkTexts() {
  const { missing } = await textsOfEditor();
  if (missing.length) throw new Error(`not in src/studio/zh.js:\n  ${missing.join("\n  ")}`);
}

const sha256 = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

function hashes(folder) {
  const names = readdirSync(folder).filter((name) => name !== "manifest.json").sort();
  return Object.fromEntries(names.map((name) => [name, sha256(join(folder, name))]));
}

async function buildInto(dist, feel) {
  // aside first: a build that fails leaves what was there
  const fresh = mkdtempSync(join(tmpdir(), "duban-fresh-"));
  await buildPages(fresh);
  await buildFeel(feel);
  // the editor of procedures checks FEEL with the very bytes that the kernel runs
  cpSync(feel, join(fresh, "feelin.js"));
  writeFileSync(join(fresh, "manifest.json"), JSON.stringify(hashes(fresh), null, 2) + "\n");
  rmSync(dist, { recursive: true, force: true });
  chmodSync(fresh, 0o755);
  cpSync(fresh, dist, { recursive: true });
  rmSync(fresh, { recursive: true, force: true });
}

async function check() {
  const folder = mkdtempSync(join(tmpdir(), "duban-dist-"));
  const fresh = { dist: join(folder, "dist"), feel: join(folder, "feelin.js") };
  await buildInto(fresh.dist, fresh.feel);
  const differing = [];
  const expected = { ...hashes(fresh.dist), "manifest.json": sha256(join(fresh.dist, "manifest.json")) };
  const actual = existsSync(committed.dist) ? hashes(committed.dist) : {};
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const path = join(committed.dist, name);
    if (!existsSync(path) || sha256(path) !== expected[name]) differing.push(relative(root, path));
  }
  if (existsSync(fresh.feel) && (!existsSync(committed.feel) || sha256(fresh.feel) !== sha256(committed.feel))) {
    differing.push(relative(root, committed.feel));
  }
  rmSync(folder, { recursive: true, force: true });
  if (differing.length) {
    console.error(`These files are not what the sources build; run: node web/frontend/build.mjs\n  ${differing.join("\n  ")}`);
    process.exit(1);
  }
  console.log(`${Object.keys(expected).length} files in web/static/dist are what the sources build`);
}

if (process.argv.includes("--texts")) console.log(JSON.stringify(await textsOfEditor(), null, 1));
else {
  await (process.argv.includes("--check") ? check() : buildInto(committed.dist, committed.feel));
  await checkTexts();
}

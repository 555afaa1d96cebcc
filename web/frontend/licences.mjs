// The licence of every package that went into a bundle: bundled code is redistributed, so its licence is too.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const NOT_IN_A_BUNDLE = ["bootstrap-icons", "@bpmn-io/feelin", "@bpmn-io/lezer-feel"];

function packageOf(input) {
  const parts = input.split("node_modules/").pop().split("/");
  return parts[0].startsWith("@") ? `${parts[0]}/${parts[1]}` : parts[0];
}

export function licenceTexts(here, inputs) {
  const names = new Set(inputs.filter((i) => i.includes("node_modules/")).map(packageOf));
  NOT_IN_A_BUNDLE.forEach((name) => names.add(name));
  const blocks = [...names].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const meta = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((n) => /^(licen[cs]e|copying)(\.|$)/i.test(n));
    const text = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim() : `License: ${meta.license}`;
    return `${"=".repeat(78)}\n${name} ${meta.version} (${meta.license})\n${"=".repeat(78)}\n${text}\n`;
  });
  return blocks.join("\n");
}

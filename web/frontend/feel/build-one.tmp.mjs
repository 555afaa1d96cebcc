import { build } from "esbuild"; import { strictFeelin } from "./strict.mjs";
await build({bundle:true,minify:true,charset:"utf8",target:"es2022",format:"iife",globalName:"feelin",legalComments:"none",logLevel:"warning",absWorkingDir:process.cwd(),entryPoints:[process.cwd()+"/feel/feelin.entry.js"],outfile:"../../engine/kernel/feelin.js",plugins:[strictFeelin]});

// `eval "$(npm run --silent env)"` puts the engine, uv and the quick start's stack into a shell.
import { mkdirSync } from "node:fs";
import { main, quickStartStack, setUp } from "./setup.mjs";

main(async () => {
  const variables = { ...(await setUp()), ...quickStartStack() };
  mkdirSync(variables.PULUMI_BACKEND_URL.replace("file://", ""), { recursive: true });
  for (const [name, value] of Object.entries(variables))
    console.log(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
});

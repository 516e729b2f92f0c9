// `npm stop`: takes the quick start's model down by `pulumi destroy`.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { quickStart } from "./quickStart.mjs";
import { root } from "./root.mjs";
import { main } from "./setup.mjs";

main(async () => {
  if (!existsSync(join(root, ".modelserve", "state"))) {
    console.log("Nothing to stop: npm start has not run here.");
    return;
  }
  const pulumi = await quickStart();
  pulumi(["stack", "select", "--create", "quickstart"], { quiet: true });
  pulumi(["destroy", "--yes", "--skip-preview"]);
});

// `npm start`: serves the iris model by a real `pulumi up` and asks it for a prediction.
import { join } from "node:path";
import { quickStart } from "./quickStart.mjs";
import { root } from "./root.mjs";
import { main } from "./setup.mjs";

const FLOWER = [5.1, 3.5, 1.4, 0.2]; // lengths and widths of sepal and petal in cm: a setosa
const SPECIES = ["setosa", "versicolor", "virginica"];

main(async () => {
  const pulumi = await quickStart();
  pulumi(["stack", "select", "--create", "quickstart"], { quiet: true });
  pulumi(["up", "--yes", "--skip-preview"]);
  const { url } = JSON.parse(pulumi(["stack", "output", "--json"], { quiet: true }));
  const { invoke } = await import(join(root, "dist/index.js"));
  const request = { inputs: [{ name: "input-0", shape: [1, 4], datatype: "FP32", data: [FLOWER] }] };
  const answer = await invoke(url, request, { modelName: "iris" });
  const prediction = answer.outputs[0].data[0];
  console.log(`
The model is served at ${url}
  a flower of ${FLOWER.join(", ")} cm is class ${prediction}: Iris ${SPECIES[prediction]}

Ask it yourself:
  curl ${url}/v2/models/iris/infer --json '${JSON.stringify(request)}'
Stop it:
  npm stop`);
});

// tsc compiles TypeScript only: the Python and shell programs that ship with the library go along here.
import { chmodSync, copyFileSync } from "node:fs";

const programs = ["prepare_model.py", "requirements.py", "fetch_model.sh", "serve.py"].map(
  (name) => `kubernetes/${name}`,
);
for (const file of ["source/read_pickle.py", "serving/smoke_test.py", ...programs]) {
  copyFileSync(`src/${file}`, `dist/${file}`);
}
chmodSync("dist/cli/main.js", 0o755);

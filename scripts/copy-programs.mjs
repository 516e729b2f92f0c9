// tsc compiles TypeScript only: the Python and shell programs that ship with the library go along here.
import { copyFileSync } from "node:fs";

for (const file of ["source/read_pickle.py", "kubernetes/prepare_model.py", "kubernetes/fetch_model.sh"]) {
  copyFileSync(`src/${file}`, `dist/${file}`);
}

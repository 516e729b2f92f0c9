// tsc compiles TypeScript only: the Python that ships with the library goes along here.
import { copyFileSync } from "node:fs";

copyFileSync("src/source/read_pickle.py", "dist/source/read_pickle.py");

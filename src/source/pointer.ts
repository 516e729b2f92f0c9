import { closeSync, openSync, readSync } from "node:fs";

const GIT_LFS = "version https://git-lfs.github.com/spec/";

/** Refuses a file that only stands for the model: Git LFS leaves such a one where its content was not fetched. */
export function refusePointer(file: string, path: string): void {
  const start = Buffer.alloc(GIT_LFS.length);
  const opened = openSync(file, "r");
  try {
    readSync(opened, start);
  } finally {
    closeSync(opened);
  }
  if (start.toString("latin1") === GIT_LFS)
    throw new Error(`"${path}" is a Git LFS pointer, not the model itself. Fetch the content: \`git lfs pull\`.`);
}

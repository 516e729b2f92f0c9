import { open } from "node:fs/promises";

const GIT_LFS = "version https://git-lfs.github.com/spec/";

/** Refuses a file that only stands for the model: Git LFS leaves such a one where its content was not fetched. */
export async function refusePointer(file: string, path: string): Promise<void> {
  const handle = await open(file);
  try {
    const start = Buffer.alloc(GIT_LFS.length);
    await handle.read(start, 0, GIT_LFS.length, 0);
    if (start.toString("latin1") === GIT_LFS) {
      throw new Error(`"${path}" is a Git LFS pointer, not the model itself. Fetch the content: \`git lfs pull\`.`);
    }
  } finally {
    await handle.close();
  }
}

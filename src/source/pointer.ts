import { beginsWith } from "./fileStart";

const GIT_LFS = "version https://git-lfs.github.com/spec/";

/** Refuses a file that only stands for the model: Git LFS leaves such a one where its content was not fetched. */
export function refusePointer(file: string, path: string): void {
  if (beginsWith(file, GIT_LFS))
    throw new Error(`"${path}" is a Git LFS pointer, not the model itself. Fetch the content: \`git lfs pull\`.`);
}

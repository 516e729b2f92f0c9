import { join } from "node:path";
import type { Kind } from "../src";
import { run } from "../src/local/command";
import { pythonEnvironment, pythonOf } from "../src/local/environment";
import { asTested } from "../src/serving/flavour";
import { flavours, PYTHONS, servingPlan } from "../src/serving/plan";
import type { Expected } from "./models";

/** Trains a model of a kind by its own library, in the environment in which it is served. */
export async function trainKind(kind: Kind, file: string): Promise<Expected> {
  const { requirements } = servingPlan({ kind, modelName: "test" }, asTested(flavours[kind].tested));
  const environment = await pythonEnvironment({ requirements: [...requirements], pythons: PYTHONS, modules: [] });
  const { code, stdout, stderr } = await run(pythonOf(environment), [join(__dirname, "kinds.py"), kind, file]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** A module with a class that multiplies its input by the number in the model's folder. */
export const SCALED = `
from os.path import join

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class Scaled(MLModel):
    async def load(self):
        with open(join(self.settings.parameters.uri, "factor.txt")) as file:
            self.factor = float(file.read())
        return True

    async def predict(self, payload):
        scaled = NumpyCodec.decode_input(payload.inputs[0]) * self.factor
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("scaled", scaled)])
`;

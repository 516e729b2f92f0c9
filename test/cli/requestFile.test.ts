import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerTable } from "../../src/cli/answerTable";
import { type Naming, requestOf } from "../../src/cli/request";
import { type GivenRows, readGiven } from "../../src/cli/requestFile";
import type { TensorMetadata } from "../../src/inference/protocol";

describe("a request from a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "modelserve-request-"));
  after(() => rmSync(folder, { recursive: true }));

  const given = async (name: string, content: string | ArrayBuffer, separator?: string) => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === "string" ? content : new Uint8Array(content));
    return (await readGiven(file, separator)) as GivenRows;
  };
  const request = async (name: string, content: string | ArrayBuffer, inputs: TensorMetadata[] = [], naming?: Naming) =>
    requestOf(await given(name, content), { inputs }, naming).inputs;
  const column = (name: string, datatype = "FP64"): TensorMetadata => ({ name, datatype, shape: [-1] });

  it("is one input with all columns where the server tells of none", async () => {
    const rows = [{ name: "input-0", shape: [2, 2], datatype: "FP64", data: [[1, 2.5], [null, 4]] }]; // biome-ignore format: rows
    assert.deepEqual(await request("a.csv", "x,y\n1,2.5\n,4\n"), rows);
    assert.deepEqual(await request("a.csv", "1,2.5\n,4\n"), rows);
    assert.deepEqual(await request("a.json", "[[1, 2.5], [null, 4]]"), rows);
    assert.deepEqual(await request("a.json", '[{"x": 1, "y": 2.5}, {"y": 4}]'), rows);
    assert.deepEqual(await request("a.json", '{"x": [1, null], "y": [2.5, 4]}'), rows);
    assert.deepEqual(await request("a.json", '\uFEFF{"x": {"0": 1, "1": null}, "y": {"0": 2.5, "1": 4}}'), rows);
    const [later] = await request("a.json", '[{"x": 1}, {"y": 4}]');
    assert.deepEqual(later?.data, [[1, null], [null, 4]]); // biome-ignore format: rows
  });

  it("keeps texts as they are written, whatever they look like", async () => {
    const [input] = await request("a.csv", "zip,name\n00712,Anna\n1e5,Bob\n");
    assert.deepEqual(
      [input?.datatype, input?.data],
      [
        "BYTES",
        [
          ["00712", "Anna"],
          ["1e5", "Bob"],
        ],
      ],
    );
    await assert.rejects(given("a.json", "[[1, {}]]"), /row 1 has \{\}, which is no single value/);
    const [mixed] = await request("b.json", "[[1, true]]");
    assert.deepEqual([mixed?.datatype, mixed?.data], ["FP64", [[1, 1]]]);
  });

  it("has the name and datatype that the server tells, or that the user says", async () => {
    const known = [{ name: "pixels", datatype: "UINT8", shape: [-1, 2] }];
    assert.deepEqual(await request("a.csv", "1,0", known), [
      { name: "pixels", shape: [1, 2], datatype: "UINT8", data: [[1, 0]] },
    ]);
    assert.deepEqual(await request("a.csv", "1,0", known, { input: "p", datatype: "FP32" }), [
      { name: "p", shape: [1, 2], datatype: "FP32", data: [[1, 0]] },
    ]);
  });

  it("takes nan for a number, and no column for two", async () => {
    const [input] = await request("a.csv", "5.1,NA\n6.7,nan\n");
    assert.deepEqual([input?.datatype, input?.data], ["FP64", [[5.1, null], [6.7, null]]]); // biome-ignore format: rows
    const [mixed] = await request("a.csv", "5.1,red\n6.7,blue\n");
    assert.deepEqual(mixed?.shape, [2, 2]); // the first line has a number, and so is no names
    await assert.rejects(given("a.csv", "a,a\n1,2\n"), /two columns are called "a"/);
    assert.deepEqual((await request("a.csv", "good,good\nbad,good\n"))[0]?.shape, [2, 2]);
  });

  it("has cells that are separated as the file's name, or the user, says", async () => {
    const data = async (name: string, content: string, separator?: string) =>
      requestOf((await given(name, content, separator)) as GivenRows, {}).inputs[0]?.data;
    assert.deepEqual(await data("a.tsv", "x\ty\n1\t2\n"), [[1, 2]]);
    assert.deepEqual(await data("a.csv", "x;y\n1;2\n", ";"), [[1, 2]]);
    assert.deepEqual(await data("a.csv", "text\nfair; dull\n"), [["fair; dull"]]);
    await assert.rejects(data("a.csv", "x;y\n1;2\n3;4\n"), /cells are separated by ";"\. Say so: --separator ";"/);
    await assert.rejects(data("a.csv", "1\t2\n"), /separated by "\\t"/);
    await assert.rejects(data("a.tsv", "1,2\n"), /separated by ","/);
    await assert.rejects(data("a.json", "[[1]]", ";"), /--separator: it goes with \.csv and \.tsv files/);
  });

  it("is one input for each column where the model has several, by their names", async () => {
    const optional = { ...column("more"), parameters: { optional: true } };
    const known = [column("age"), column("name", "BYTES"), { name: "old", datatype: "BOOL", shape: [-1, 1] }];
    assert.deepEqual(await request("a.csv", "name,old,age,more\nAda,true,36,x\n7,false,,y\n", known), [
      { name: "age", shape: [2], datatype: "FP64", data: [36, null] },
      { name: "name", shape: [2], datatype: "BYTES", data: ["Ada", "7"] },
      { name: "old", shape: [2, 1], datatype: "BOOL", data: [true, false] },
    ]);
    const single = await request("a.csv", "age\n36\n", [column("age"), optional], { datatype: "FP32" });
    assert.deepEqual(single, [{ name: "age", shape: [1], datatype: "FP32", data: [36] }]);
    await assert.rejects(request("a.csv", "name,age\nAda,36\n", known), /but the data has no "old"/);
    await assert.rejects(request("a.csv", "36,1\n", known), /but a row has 2 values/);
  });

  it("is the array of an NPY file as it is", async () => {
    const { dump } = await import("npyjs");
    const array = dump(new Float32Array([1, 2, 3, 4, 5, 6]), [3, 2]);
    assert.deepEqual(await request("a.npy", array), [
      { name: "input-0", shape: [3, 2], datatype: "FP32", data: new Float32Array([1, 2, 3, 4, 5, 6]) },
    ]);
    assert.equal((await request("a.npy", dump(new Int32Array([1]), [1])))[0]?.datatype, "INT32");
  });

  it("is a whole request of a JSON file as it is, but for the outputs that are asked for", async () => {
    const whole = { inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] };
    assert.deepEqual(requestOf(await given("a.json", JSON.stringify(whole)), {}, { outputs: ["y"] }), {
      ...whole,
      outputs: [{ name: "y" }],
    });
  });

  it("is one of OpenAI's API where a JSON file holds that", async () => {
    const request = { messages: [{ role: "user", content: "1 + 1?" }], max_tokens: 5 };
    for (const one of [request, { messages: request.messages }, { prompt: ["one", "two"] }, { input: ["one"] }])
      assert.deepEqual(await given("a.json", JSON.stringify(one)), { is: "openai", request: one });
    assert.deepEqual(await given("a.json", '{"input": [1, 2]}'), { is: "table", columns: ["input"], rows: [[1], [2]] });
  });

  it("is one input of texts, by the name under which pipelines take several", () => {
    const texts: GivenRows = { is: "texts", texts: ["good", "bad"] };
    const input = (name: string) => [{ name, shape: [2], datatype: "BYTES", data: ["good", "bad"] }];
    assert.deepEqual(requestOf(texts, {}).inputs, input("input-0"));
    assert.deepEqual(requestOf(texts, {}, { input: "text" }).inputs, input("text"));
    const args = { name: "args", datatype: "BYTES", shape: [-1] };
    assert.deepEqual(requestOf(texts, { inputs: [args] }).inputs, input("array_inputs"));
  });

  it("is refused when the file is no such thing", async () => {
    await assert.rejects(readGiven("nowhere.csv"), /--data "nowhere\.csv": ENOENT/);
    await assert.rejects(given("a.txt", "1"), /expected a \.csv, \.tsv, \.json or \.npy file/);
    await assert.rejects(given("a.csv", "x,y\n"), /has no rows/);
    await assert.rejects(given("a.csv", "1,2\n3\n"), /is no CSV file/);
    await assert.rejects(given("a.json", "{"), /is no JSON/);
    await assert.rejects(given("a.json", '{"a": 1}'), /holds no rows/);
    await assert.rejects(given("a.json", "[[1, -9007199254740993]]"), /JSON's readers round -9007199254740993/);
    await given("a.json", '[["9007199254740993", 0.12345678901234567, 1e300, 9007199254740991]]');
    await assert.rejects(given("a.json", '{"a": [1], "b": []}'), /different lengths/);
    await assert.rejects(given("a.json", '{"a": []}'), /has no rows/);
    await assert.rejects(given("a.npy", "text"), /is no array that can be sent: it is cut, or no file of numpy\.save/);
  });
});

describe("the table of an answer", () => {
  it("has a row for each row, and a column for each number of an output", () => {
    const outputs = [
      { name: "predict", shape: [2, 1], datatype: "INT64" as const, data: [0, 12] },
      { name: "proba", shape: [2, 2], datatype: "FP64" as const, data: [0.123456789, 1, null, 2e-9] },
    ];
    assert.equal(
      answerTable({ model_name: "m", outputs }),
      "predict  proba[0]  proba[1]\n      0  0.123457         1\n     12       NaN      2e-9",
    );
    const one = (value: number, shape: number[]) =>
      answerTable({ model_name: "m", outputs: [{ name: "y", shape, datatype: "FP64", data: [value] }] });
    assert.equal(one(12345678.9, [1]), "       y\n12345679");
    assert.equal(one(0.5, []), "  y\n0.5");
  });
});

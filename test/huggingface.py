"""Writes a small model as Hugging Face's libraries save theirs: huggingface.py TASK FOLDER [OPTIONS].

Prints texts and what is answered to them: `predictions` by KServe's server, started with OPTIONS (its own, as JSON),
and `pipeline` by a pipeline of transformers, as MLServer has it.
"""

import json
import os
import sys

import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer, DistilBertConfig, DistilBertTokenizerFast, PreTrainedTokenizerFast

WORDS = "The the A a Film film Book book Was was Is is Good good Bad bad Dull dull Anna Rome in".split()
TEXTS = ["The film was good", "the book is Bad", "A Film Was dull", "Anna is in Rome", "a book was Good"]
NEW_TOKENS = 8


def encoder(model, folder, labels=None):
    """A DistilBERT for words. Its settings say that capital letters matter."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    with open(f"{folder}/vocab.txt", "w") as file:
        file.write("\n".join(words))
    tokenizer = DistilBertTokenizerFast(f"{folder}/vocab.txt", do_lower_case=False, model_max_length=16)
    shape = {"n_layers": 2, "n_heads": 2, "dim": 32, "hidden_dim": 64, "max_position_embeddings": 16}
    names = {"id2label": dict(enumerate(labels)), "label2id": {each: i for i, each in enumerate(labels)}} if labels else {}
    return model(DistilBertConfig(vocab_size=len(words), initializer_range=0.5, **shape, **names)), tokenizer


def gpt2(folder):
    tokenizer = whole_words(bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>")
    tokens = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
    shape = {"n_layer": 2, "n_head": 2, "n_embd": 32, "n_positions": 32, "initializer_range": 0.5}
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(len(tokenizer), **shape, **tokens)), tokenizer


def t5(folder):
    tokenizer = whole_words(eos_token="</s>", pad_token="<pad>", unk_token="<unk>")
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 0)])
    tokens = {"eos_token_id": 0, "pad_token_id": 1, "decoder_start_token_id": 1}
    shape = {"num_layers": 2, "num_heads": 2, "d_model": 32, "d_kv": 16, "d_ff": 64, "initializer_factor": 5.0}
    return transformers.T5ForConditionalGeneration(transformers.T5Config(len(tokenizer), **shape, **tokens)), tokenizer


def whole_words(**special):
    words = [*special.values(), *WORDS]
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    inputs = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=32, model_input_names=inputs, **special)


TASKS = {
    "sequence_classification": (
        lambda folder: encoder(transformers.DistilBertForSequenceClassification, folder, ["negative", "positive"]),
        "text-classification",
    ),
    "token_classification": (
        lambda folder: encoder(transformers.DistilBertForTokenClassification, folder, ["O", "PERSON", "PLACE"]),
        "token-classification",
    ),
    "fill_mask": (lambda folder: encoder(transformers.DistilBertForMaskedLM, folder), "fill-mask"),
    "text_embedding": (lambda folder: encoder(transformers.DistilBertModel, folder), "feature-extraction"),
    "text_generation": (gpt2, "text-generation"),
    "text2text_generation": (t5, "text2text-generation"),
}


def predictions(task, folder, model, texts, options):
    """As kserve/python/huggingfaceserver computes them (encoder_model.py, generative_model.py)."""
    lower = not options.get("disable_lower_case", False)
    tokenizer = AutoTokenizer.from_pretrained(folder, do_lower_case=lower)
    if task.endswith("generation"):
        inputs = tokenizer(texts, return_tensors="pt")
        made = model.generate(**inputs, max_new_tokens=NEW_TOKENS)
        start = 0 if model.config.is_encoder_decoder else inputs["input_ids"].shape[-1]
        return tokenizer.batch_decode(made[:, start:], skip_special_tokens=True)
    special = not options.get("disable_special_tokens", False)
    length = options.get("max_length", model.config.max_position_embeddings)
    cut = {"padding": True, "truncation": True, "max_length": length}
    inputs = tokenizer(texts, add_special_tokens=special, return_tensors="pt", **cut)
    values = model(**inputs)[0]
    if task == "text_embedding":
        mask = inputs["attention_mask"].unsqueeze(-1)
        return torch.nn.functional.normalize((values * mask).sum(1) / mask.sum(1)).tolist()
    probabilities = options.get("return_probabilities", False)
    if task == "fill_mask":
        masks = [row[ids == tokenizer.mask_token_id] for row, ids in zip(values, inputs["input_ids"])]
        return [by_token(row) if probabilities else tokenizer.decode(row.argmax(-1)) for row in masks]
    if probabilities:
        return by_index(values.softmax(-1))
    found = values.argmax(-1).tolist()
    return [[row] for row in found] if task == "token_classification" else found


def by_token(masks):
    return [[{token: f"{each:.4f}"} for token, each in enumerate(mask)] for mask in masks.softmax(-1).tolist()]


def by_index(probabilities):
    if probabilities.dim() > 1:
        return [by_index(each) for each in probabilities]
    return {index: round(each, 4) for index, each in enumerate(probabilities.tolist())}


def main(task, folder, options):
    transformers.set_seed(54)  # with which a capital letter, a special token and a cut change most of the answers
    make, name = TASKS[task]
    os.makedirs(folder, exist_ok=True)
    model, tokenizer = make(folder)
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    texts = [text.replace(text.split()[-1], "[MASK]") for text in TEXTS] if task == "fill_mask" else TEXTS
    pipeline = transformers.pipeline(name, model=folder)
    more = {"max_new_tokens": NEW_TOKENS} if task.endswith("generation") else {}
    with torch.no_grad():
        answers = {"predictions": predictions(task, folder, model, texts, options), "pipeline": pipeline(texts, **more)}
    print(json.dumps({"texts": texts, **answers}, default=float))  # a score is a number of numpy's


if __name__ == "__main__":
    task, folder, *options = sys.argv[1:]
    main(task, folder, json.loads(options[0]) if options else {})

"""What a model can be served for."""

import os
from enum import Enum

from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
)


class Task(Enum):
    """Each task with the class its models are loaded as, and the ends of the architectures it is inferred from."""

    sequence_classification = AutoModelForSequenceClassification, ("ForSequenceClassification",)
    token_classification = AutoModelForTokenClassification, ("ForTokenClassification",)
    fill_mask = AutoModelForMaskedLM, ("ForMaskedLM",)
    text_generation = AutoModelForCausalLM, ("ForCausalLM",)
    text2text_generation = AutoModelForSeq2SeqLM, ("ForConditionalGeneration", "MTModel", "EncoderDecoderModel")
    text_embedding = AutoModel, ()

    @property
    def generative(self):
        return self in (Task.text_generation, Task.text2text_generation)


def find_task(name, config):
    """The task called `name`, or the one the model's architecture is made for."""
    if name:
        if name not in Task.__members__:
            names = ", ".join(Task.__members__)
            raise ValueError(f"Unsupported task: {name}. Currently supported tasks are: {names}")
        return Task[name]
    architecture = config.architectures[0]
    for task in Task:
        if architecture.endswith(task.value[1]):
            return task
    raise ValueError(f"Task couldn't be inferred from {architecture}. Please manually set `task` option. ")


def find_max_length(asked, config):
    """The most tokens of one text: as asked, but no more than the model has positions for."""
    names = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "model_max_length")
    limits = [limit for name in names if (limit := getattr(config, name, None)) is not None]
    if asked and limits and asked > min(limits) and os.environ.get("ALLOW_LONG_MAX_MODEL_LEN") != "1":
        raise ValueError(
            f"User-specified max_model_len ({asked}) is greater than the derived max_model_len ({min(limits)})"
        )
    return asked or min(limits, default=2048)


def load(model_class, options, **tokenizer_options):
    """The model and its tokenizer. Texts of different lengths are padded, which takes a token for it."""
    remote = {"trust_remote_code": options.trust_remote_code}
    tokenizer = AutoTokenizer.from_pretrained(
        options.path,
        revision=options.tokenizer_revision,
        do_lower_case=not options.disable_lower_case,
        **remote,
        **tokenizer_options,
    )
    model = model_class.from_pretrained(
        options.path, revision=options.model_revision, torch_dtype=options.torch_dtype, **remote
    )
    if not tokenizer.pad_token:
        tokenizer.add_special_tokens({"pad_token": "[PAD]"})
        model.resize_token_embeddings(len(tokenizer))
    return model.eval(), tokenizer

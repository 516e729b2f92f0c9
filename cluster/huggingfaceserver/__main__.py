"""python -m huggingfaceserver --model_name=NAME --model_dir=FOLDER [--task=TASK] ..."""

import argparse
import sys
from enum import Enum

import kserve
import torch
from kserve import logging
from kserve.logging import logger
from transformers import AutoConfig

from . import vllm_types  # noqa: F401 It must be there before what KServe's types for OpenAI's API are made of.
from .encoder import EncoderModel
from .generation import GenerativeModel
from .tasks import find_max_length, find_task

Backend = Enum("Backend", ["auto", "huggingface", "vllm"])
DTYPES = {
    "auto": None,
    "float16": torch.float16,
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float": torch.float32,
    "half": torch.float16,
}


def parse():
    parser = argparse.ArgumentParser(parents=[kserve.model_server.parser])
    parser.add_argument("--model_dir", default="/mnt/models")
    parser.add_argument("--model_id")
    parser.add_argument("--model_revision")
    parser.add_argument("--tokenizer_revision")
    parser.add_argument("--max_length", "--max_model_len", dest="max_length", type=int)
    parser.add_argument("--backend", default="auto", type=lambda name: Backend[name])
    parser.add_argument("--task")
    parser.add_argument("--max_log_len", "--max-log-len", type=int)
    parser.add_argument("--dtype", default="auto", choices=DTYPES)
    for name in (
        "disable_lower_case",
        "disable_special_tokens",
        "trust_remote_code",
        "return_token_type_ids",
        "disable_log_requests",
    ):
        parser.add_argument(f"--{name}", action="store_true")
    scores = parser.add_mutually_exclusive_group()
    scores.add_argument("--return_probabilities", action="store_true")
    scores.add_argument("--return_raw_logits", action="store_true")
    return parser.parse_known_args()[0]  # What is unknown is let pass, as there.


def load_model(options):
    if options.backend is Backend.vllm:
        raise RuntimeError("Backend is set to 'vllm' but vLLM is not available")
    options.path = options.model_id or options.model_dir
    config = AutoConfig.from_pretrained(
        options.path, revision=options.model_revision, trust_remote_code=options.trust_remote_code
    )
    task = find_task(options.task, config)
    options.max_length = find_max_length(options.max_length, config)
    options.torch_dtype = DTYPES[options.dtype] or config.torch_dtype or torch.float32
    kind = "generative" if task.generative else "encoder"
    logger.info(f"Loading {kind} model for task '{task.name}' in {options.torch_dtype}")
    model = (GenerativeModel if task.generative else EncoderModel)(options.model_name, task, options)
    model.load()
    return model


if __name__ == "__main__":
    options = parse()
    if options.configure_logging:
        logging.configure_logging(options.log_config_file)
    try:
        server = kserve.ModelServer()
        server.start([load_model(options)])
    except Exception as error:
        logger.error(f"Failed to start model server: {error}", exc_info=True)
        sys.exit(1)

"""Models that write text. They answer the routes of OpenAI's API only, one request at a time."""

import asyncio
import copy
from concurrent.futures import ThreadPoolExecutor

import torch
from kserve.logging import trace_logger
from kserve.protocol.rest.openai import ChatPrompt, OpenAIChatAdapterModel
from kserve.protocol.rest.openai.errors import OpenAIError
from kserve.protocol.rest.openai.types import (
    Completion,
    CompletionChoice,
    CompletionChunk,
    CompletionChunkChoice,
    UsageInfo,
)
from transformers import StoppingCriteria, StoppingCriteriaList, TextStreamer, set_seed

from .tasks import Task, load


class GenerativeModel(OpenAIChatAdapterModel):
    def __init__(self, name, task, options):
        super().__init__(name)
        self.task = task
        self.options = options
        self.ready = False

    def load(self):
        # A decoder goes on from a prompt's end, so what pads a shorter prompt is before it.
        side = {} if self.task is Task.text2text_generation else {"padding_side": "left"}
        self.model, self.tokenizer = load(self.task.value[0], self.options, **side)
        self.thread = ThreadPoolExecutor(1)
        self.ready = True
        return self.ready

    def stop(self):
        self.thread.shutdown(wait=False)
        self.ready = False

    def apply_chat_template(self, request):
        if request.chat_template is None and self.tokenizer.chat_template is None:
            raise OpenAIError(
                "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template "
                "if the tokenizer does not define one."
            )
        prompt = self.tokenizer.apply_chat_template(
            [{**message, "content": _text(message.get("content"))} for message in request.messages],
            chat_template=request.chat_template,
            add_generation_prompt=request.add_generation_prompt,
            tools=request.tools and [tool.model_dump() for tool in request.tools],
            documents=request.documents,
            tokenize=False,
            **(request.chat_template_kwargs or {}),
        )
        return ChatPrompt(prompt=prompt)

    async def create_completion(self, request, raw_request=None, context=None):
        if not self.options.disable_log_requests:
            logged = request.prompt[: self.options.max_log_len] if isinstance(request.prompt, str) else request.prompt
            trace_logger.info("Received request: %s, prompt: %r", request.request_id, logged)
        if request.prompt is None:
            raise OpenAIError("prompt is required")
        tokens = self._tokens(request.prompt)
        self._check(request, tokens["input_ids"].shape[-1])
        stops = [request.stop] if isinstance(request.stop, str) else request.stop or []
        # What an encoder reads is not part of what its decoder writes.
        written_after = 0 if self.task is Task.text2text_generation else tokens["input_ids"].shape[-1]
        stop = StopSequences([self.tokenizer.encode(each, add_special_tokens=False) for each in stops], written_after)
        loop = asyncio.get_running_loop()

        def generate(streamer=None):
            if request.seed is not None:
                set_seed(request.seed)
            options = {"generation_config": self._config(request), "stopping_criteria": StoppingCriteriaList([stop])}
            with torch.no_grad():
                return self.model.generate(**tokens, **options, streamer=streamer)

        if request.stream:
            return self._stream(request, generate, stop, loop)
        output = await loop.run_in_executor(self.thread, generate)
        texts = self.tokenizer.batch_decode(output[:, 0 if request.echo else written_after :], skip_special_tokens=True)
        prompted, written = tokens["input_ids"].numel(), output[:, written_after:].numel()
        usage = UsageInfo(prompt_tokens=prompted, completion_tokens=written, total_tokens=prompted + written)
        choices = [
            CompletionChoice(index=index, text=text, finish_reason=stop.reason) for index, text in enumerate(texts)
        ]
        return Completion(model=request.model, choices=choices, usage=usage)

    async def _stream(self, request, generate, stop, loop):
        texts = asyncio.Queue()
        streamer = QueueStreamer(
            self.tokenizer, lambda text: loop.call_soon_threadsafe(texts.put_nowait, text), request.echo
        )
        ended = loop.run_in_executor(self.thread, generate, streamer)
        ended.add_done_callback(lambda _: texts.put_nowait(None))
        chunk = CompletionChunk(model=request.model, choices=[])
        while (text := await texts.get()) is not None:
            chunk.choices = [CompletionChunkChoice(index=0, text=text, finish_reason=stop.reason)]
            yield f"data: {chunk.model_dump_json()}\n\n"
        yield "data: [DONE]\n\n"

    def _tokens(self, prompt):
        prompts = prompt if isinstance(prompt, list) and not isinstance(prompt[0], int) else [prompt]
        if isinstance(prompts[0], list):
            return {"input_ids": torch.tensor(prompts)}
        return self.tokenizer(prompts, padding=True, return_tensors="pt")

    def _check(self, request, prompted):
        limit = self.options.max_length
        if request.max_tokens is None:
            request.max_tokens = limit - prompted
        if prompted + request.max_tokens > limit:
            raise OpenAIError(
                f"This model's maximum context length is {limit} tokens. However, you requested "
                f"{request.max_tokens + prompted} tokens ({prompted} in the messages, {request.max_tokens} in the "
                "completion). Please reduce the length of the messages or completion."
            )
        if (request.frequency_penalty or 0) > 0:
            raise OpenAIError("'frequency_penalty' is not supported")
        if (request.best_of or 1) > 1:
            raise OpenAIError("'best_of' > 1 is not supported")
        if (request.n or 1) > 1:
            raise OpenAIError("'n' > 1 is not supported")
        if request.echo and self.task is Task.text2text_generation:
            raise OpenAIError("'echo' is not supported by encoder-decoder models")

    def _config(self, request):
        config = copy.deepcopy(self.model.generation_config)
        config.update(max_new_tokens=request.max_tokens, pad_token_id=self.tokenizer.pad_token_id)
        config.update(temperature=request.temperature, top_p=request.top_p)
        if request.presence_penalty:
            config.update(repetition_penalty=request.presence_penalty)
        return config


class StopSequences(StoppingCriteria):
    """Ends the writing as soon as any of the texts ends with any of the sequences."""

    def __init__(self, sequences, written_after):
        self.sequences = sequences
        self.written_after = written_after
        self.reason = "length"

    def __call__(self, ids, scores, **_):
        written = ids[:, self.written_after :].tolist()
        if any(row[-len(each) :] == each for each in self.sequences for row in written):
            self.reason = "stop"
        return self.reason == "stop"


class QueueStreamer(TextStreamer):
    def __init__(self, tokenizer, send, echo):
        super().__init__(tokenizer, skip_prompt=not echo, skip_special_tokens=True)
        self.send = send

    def on_finalized_text(self, text, stream_end=False):
        if text:
            self.send(text)


def _text(content):
    """A message's content is a text, or parts of which only texts can be read here."""
    if content is None or isinstance(content, str):
        return content
    for part in content:
        if part["type"] != "text":
            raise OpenAIError(f"Unknown part type: {part['type']}")
    return "\n".join(part["text"] for part in content)

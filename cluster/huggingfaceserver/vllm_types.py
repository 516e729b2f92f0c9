"""The types of OpenAI's API that KServe takes from vLLM, in place of vLLM, which needs a newer PyTorch than Debian's.

Only what clients see is here: names and defaults are those of vLLM's requests and answers
(https://github.com/vllm-project/vllm, vllm/entrypoints), less the options that only vLLM's own engine reads.
"""

import sys
import time
import uuid
from typing import Any, Literal, Optional, Union

from pydantic import BaseModel, Field


def now():
    return int(time.time())


def new_id():
    return uuid.uuid4().hex


class Base(BaseModel, extra="allow", protected_namespaces=()):
    pass


class Request(Base):
    model: Optional[str] = None
    frequency_penalty: Optional[float] = None
    logit_bias: Optional[dict[str, float]] = None
    n: Optional[int] = 1
    presence_penalty: Optional[float] = None
    seed: Optional[int] = None
    stop: Union[str, list[str], None] = []
    stream: Optional[bool] = False
    temperature: Optional[float] = None
    top_p: Optional[float] = None
    user: Optional[str] = None
    request_id: str = Field(default_factory=new_id)


class CompletionRequest(Request):
    prompt: Union[list[int], list[list[int]], str, list[str], None] = None
    best_of: Optional[int] = None
    echo: Optional[bool] = False
    logprobs: Optional[int] = None
    max_tokens: Optional[int] = 16


class ChatCompletionRequest(Request):
    messages: list[dict[str, Any]]
    top_logprobs: Optional[int] = 0
    max_tokens: Optional[int] = None
    tools: Optional[list[Base]] = None
    add_generation_prompt: bool = True
    continue_final_message: bool = False
    documents: Optional[list[dict[str, str]]] = None
    chat_template: Optional[str] = None
    chat_template_kwargs: Optional[dict[str, Any]] = None


class EmbeddingRequest(Base):
    model: Optional[str] = None
    input: Union[list[int], list[list[int]], str, list[str]]
    encoding_format: Literal["float", "base64"] = "float"


class RerankRequest(Base):
    model: Optional[str] = None
    query: str
    documents: list[str]


class UsageInfo(Base):
    prompt_tokens: int = 0
    total_tokens: int = 0
    completion_tokens: Optional[int] = 0
    prompt_tokens_details: Optional[Base] = None


class Choice(Base):
    index: int
    logprobs: Optional[Any] = None
    finish_reason: Optional[str] = None
    stop_reason: Union[int, str, None] = None


class CompletionResponseChoice(Choice):
    text: str


class CompletionResponseStreamChoice(CompletionResponseChoice):
    pass


class ChatMessage(Base):
    role: Optional[str] = None
    content: Optional[str] = None


class DeltaMessage(ChatMessage):
    pass


class ChatCompletionResponseChoice(Choice):
    message: ChatMessage


class ChatCompletionResponseStreamChoice(Choice):
    delta: DeltaMessage


class Response(Base):
    id: str = Field(default_factory=new_id)
    object: str
    created: int = Field(default_factory=now)
    model: Optional[str] = None
    choices: list[Choice]
    system_fingerprint: Optional[str] = None
    usage: Optional[UsageInfo] = None


class CompletionResponse(Response):
    object: str = "text_completion"
    choices: list[CompletionResponseChoice]


class CompletionStreamResponse(CompletionResponse):
    choices: list[CompletionResponseStreamChoice]


class ChatCompletionResponse(Response):
    object: str = "chat.completion"
    choices: list[ChatCompletionResponseChoice]


class ChatCompletionStreamResponse(Response):
    object: str = "chat.completion.chunk"
    choices: list[ChatCompletionResponseStreamChoice]


class EmbeddingResponseData(Base):
    index: int
    object: str = "embedding"
    embedding: Union[list[float], str]


class EmbeddingResponse(Base):
    id: str = Field(default_factory=new_id)
    object: str = "list"
    created: int = Field(default_factory=now)
    model: Optional[str] = None
    data: list[EmbeddingResponseData]
    usage: UsageInfo


class ModelCard(Base):
    id: str
    object: str = "model"
    created: int = Field(default_factory=now)
    owned_by: str = "vllm"
    root: Optional[str] = None
    parent: Optional[str] = None
    max_model_len: Optional[int] = None
    permission: list[Base] = []


class ModelList(Base):
    object: str = "list"
    data: list[ModelCard] = []


def with_cancellation(handler):
    """vLLM's ends a request that its client has left; here it is answered all the same."""
    return handler


def __getattr__(name):
    """KServe imports more names than it uses for the tasks that are here."""
    if name.startswith("__"):
        raise AttributeError(name)
    return Any


for module in (
    "chat_utils",
    "openai.chat_completion.protocol",
    "openai.completion.protocol",
    "openai.engine.protocol",
    "pooling.embed.protocol",
    "pooling.scoring.protocol",
    "serve.utils.api_utils",
):
    sys.modules[f"vllm.entrypoints.{module}"] = sys.modules[__name__]

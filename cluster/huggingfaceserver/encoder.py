"""Models that answer the Open Inference Protocol: an inference for each text."""

import base64
import struct

import torch
from kserve import Model
from kserve.logging import trace_logger
from kserve.protocol.rest.openai import OpenAIEncoderModel
from kserve.protocol.rest.openai.errors import OpenAIError, create_error_response
from kserve.protocol.rest.openai.types import Embedding, EmbeddingResponseData, UsageInfo
from kserve.utils.utils import get_predict_input, get_predict_response

from .tasks import Task, load


class EncoderModel(Model, OpenAIEncoderModel):
    def __init__(self, name, task, options):
        super().__init__(name)
        self.task = task
        self.options = options

    def load(self):
        self.model, self.tokenizer = load(self.task.value[0], self.options)
        self.ready = True
        return self.ready

    def preprocess(self, payload, context):
        texts = get_predict_input(payload)
        if not self.options.disable_log_requests:
            limit = self.options.max_log_len
            logged = texts if limit is None else [text[:limit] for text in texts]
            trace_logger.info("Received request: %s, prompt: %r", getattr(payload, "id", "N.A."), logged)
        tokens = self.tokenizer(
            texts,
            max_length=self.options.max_length,
            add_special_tokens=not self.options.disable_special_tokens,
            return_token_type_ids=self.options.return_token_type_ids,
            return_tensors="pt",
            padding=True,
            truncation=True,
        )
        context.update(payload=payload, tokens=tokens)
        return tokens

    async def predict(self, tokens, context):
        try:
            with torch.no_grad():
                output = self.model(**tokens)
                return output.last_hidden_state if self.task is Task.text_embedding else output.logits
        except Exception as error:
            raise OpenAIError(str(error)) from error

    def postprocess(self, outputs, context):
        infer = getattr(self, f"_{self.task.name}")
        tokens = context["tokens"]
        inferences = [infer(output, tokens, row) for row, output in enumerate(outputs)]
        return get_predict_response(context["payload"], inferences, self.name)

    def _sequence_classification(self, logits, tokens, row):
        return self._scores(logits) if self._scored else logits.argmax().item()

    def _token_classification(self, logits, tokens, row):
        return [self._scores(each) for each in logits] if self._scored else [logits.argmax(dim=-1).tolist()]

    def _fill_mask(self, logits, tokens, row):
        ids = tokens["input_ids"][row].tolist()
        masks = torch.tensor([place for place, token in enumerate(ids) if token == self.tokenizer.mask_token_id])
        masked = logits[masks]
        if not self._scored:
            return self.tokenizer.decode(masked.argmax(dim=-1))
        written = (lambda score: f"{score:.4f}") if self.options.return_probabilities else float
        return [[{token: written(score)} for token, score in self._scores(each).items()] for each in masked]

    def _text_embedding(self, states, tokens, row):
        mask = tokens["attention_mask"][row].unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(dim=0) / mask.sum(dim=0).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=0).tolist()

    @property
    def _scored(self):
        return self.options.return_probabilities or self.options.return_raw_logits

    def _scores(self, logits):
        if self.options.return_raw_logits:
            return dict(enumerate(logits.tolist()))
        return {place: round(score, 4) for place, score in enumerate(logits.softmax(dim=-1).tolist())}

    async def create_embedding(self, request, raw_request=None, context=None):
        texts = request.input if isinstance(request.input, list) else [request.input]
        try:
            if texts and not isinstance(texts[0], str):
                raise OpenAIError(create_error_response("'input' as token lists is not supported"))
            context = {}
            answer, _ = await self({"instances": texts}, context)
            vectors = answer["predictions"]
            if request.encoding_format == "base64":
                vectors = [base64.b64encode(struct.pack(f"<{len(each)}f", *each)).decode() for each in vectors]
            count = int(context["tokens"]["attention_mask"].sum())
            return Embedding(
                object="embedding",
                model=request.model,
                data=[EmbeddingResponseData(index=place, embedding=each) for place, each in enumerate(vectors)],
                usage=UsageInfo(prompt_tokens=count, total_tokens=count),
            )
        except Exception as error:
            raise OpenAIError(f"Error during embedding creation: {error}") from error

    async def create_rerank(self, request, raw_request=None, context=None):
        raise OpenAIError("Rerank is not implemented for Encoder model with huggingface backend")

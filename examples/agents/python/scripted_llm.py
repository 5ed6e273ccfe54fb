"""A language model that needs no account: a script decides what it answers. A provider's model goes in its place."""

import json
from collections.abc import Callable
from typing import Any

from bayer_livekit_sdk.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, llm, utils

Answer = str | llm.FunctionToolCall
Script = Callable[[llm.ChatContext], Answer]


def call(tool: str, **arguments: Any) -> llm.FunctionToolCall:
    """The answer that calls a function tool."""
    return llm.FunctionToolCall(name=tool, arguments=json.dumps(arguments), call_id=utils.shortuuid("call_"))


def result_of_tool(chat: llm.ChatContext) -> str | None:
    """What the tool said that was called last, if nothing came after it."""
    last = chat.items[-1] if chat.items else None
    return last.output if isinstance(last, llm.FunctionCallOutput) else None


def words_of_user(chat: llm.ChatContext) -> str:
    """What the user said last."""
    said = (item for item in reversed(chat.items) if isinstance(item, llm.ChatMessage) and item.role == "user")
    return next((message.text_content or "" for message in said), "")


class ScriptedLLM(llm.LLM[Any]):
    def __init__(self, script: Script) -> None:
        super().__init__()
        self._script = script

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        **_: Any,
    ) -> llm.LLMStream:
        return _ScriptedStream(self, self._script(chat_ctx), chat_ctx, tools or [], conn_options)


class _ScriptedStream(llm.LLMStream):
    def __init__(
        self,
        model: llm.LLM[Any],
        answer: Answer,
        chat: llm.ChatContext,
        tools: list[llm.Tool],
        options: APIConnectOptions,
    ) -> None:
        super().__init__(model, chat_ctx=chat, tools=tools, conn_options=options)
        self._answer = answer

    async def _run(self) -> None:
        if isinstance(self._answer, str):
            delta = llm.ChoiceDelta(role="assistant", content=self._answer)
        else:
            delta = llm.ChoiceDelta(role="assistant", tool_calls=[self._answer])
        self._event_ch.send_nowait(llm.ChatChunk(id=utils.shortuuid("chat_"), delta=delta))

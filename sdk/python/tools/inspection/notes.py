"""What was found out by reading and trying, in words: it goes into the table beside what the machine has found."""

AUDIO_CLOUD = (
    "loads and can be made, but filters only on LiveKit Cloud; run on a LiveKit server of one's own, it logs "
    '"noise cancellation is not authorized for this connection" and the sound goes on unfiltered'
)
JUDGED: dict[str, tuple[str, str]] = {
    "noise-cancellation": ("partly", AUDIO_CLOUD),
    "ai-coustics": (
        "partly",
        "the voice activity detector and `audio_enhancement(auth=Auth.ai_coustics(..))` with a key of its own; "
        "its default, `Auth.livekit_cloud()`, asks a server of LiveKit Cloud for the right to run",
    ),
    "krisp": ("partly", "with a licence of Krisp's own; `krisp.auth.livekit_cloud()` needs a server of LiveKit Cloud"),
    "hamming": (
        "partly",
        "monitoring works; recording a room by LiveKit's egress needs a LiveKit API key and is blocked",
    ),
    "bithuman": ("partly", "a local model works; cloud mode mints a LiveKit token and is blocked"),
}
"""Extra -> verdict and remark, where a plugin's syntax tree alone does not tell."""

REMARKS: dict[str, str] = {
    "aws": "speech to text: Python 3.12 and later",
    "browser": "Python 3.12 and later",
    "hedra": "the service has been disabled, says the newest plugin for TypeScript; there is none for later versions",
    "openai": "also Ollama, DeepSeek and other services that speak its protocol: `LLM.with_ollama()` and so on",
    "turn-detector": "runs in the agent; `download-files` fetches its model",
    "silero": "runs in the agent, model included",
    "telnyx": "LLM: `openai.LLM.with_telnyx()`",
}

KINDS: dict[str, tuple[str, ...]] = {
    "ai-coustics": ("audio", "vad"),
    "browser": ("other",),
    "hamming": ("other",),
    "krisp": ("audio",),
    "nltk": ("other",),
    "noise-cancellation": ("audio",),
    "turn-detector": ("turn",),
    "typesafe": ("other",),
}
"""What a plugin is for, where it implements none of upstream's interfaces."""

_PLUGIN = "a provider's own plugin, or `LIVEKIT_INFERENCE_API_KEY` and `LIVEKIT_INFERENCE_API_SECRET`"
HELPERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ctx.api": ("the room and its events (`ctx.room`)", ("job:JobContext.api",)),
    "ctx.delete_room()": ("`ctx.shutdown()`", ("job:JobContext.delete_room",)),
    "ctx.add_sip_participant()": ("none: no telephony", ("job:JobContext.add_sip_participant",)),
    "ctx.transfer_sip_participant()": ("none: no telephony", ("job:JobContext.transfer_sip_participant",)),
    "livekit.api.LiveKitAPI": ("passes with key and secret, or a token, of another LiveKit given as arguments", ()),
    "livekit.api.AccessToken": ("passes with key and secret of another LiveKit given as arguments", ()),
    "delete_room_on_close (RoomOptions)": (
        "leave it off, as it is by default; raised by `session.start()`",
        ("voice.room_io.room_io:RoomIO._on_agent_session_close",),
    ),
    "EndCallTool(delete_room=True)": ("`EndCallTool()`", ("beta.tools.end_call:",)),
    "EndCallTool()": ("its `delete_room` is False by default here; the agent leaves, and the room closes", ()),
    "WarmTransferTask": ("none: no telephony", ("beta.workflows.warm_transfer:WarmTransferTask",)),
    "TwilioConnectorWarmTransferTask": (
        "none: no telephony",
        ("beta.workflows.warm_transfer:TwilioConnectorWarmTransferTask",),
    ),
    "TaskGroup": ("", ()),
    "GetEmailTask": ("", ()),
    "GetAddressTask": ("", ()),
    "GetDtmfTask": ("", ()),
    "inference.LLM": (_PLUGIN, ("inference.llm:",)),
    "inference.STT": (_PLUGIN, ("inference.stt:",)),
    "inference.TTS": (_PLUGIN, ("inference.tts:",)),
    'AgentSession(stt="deepgram/nova-3")': ("names of models are the inference gateway's: give it a plugin", ()),
    "AgentSession()": ("", ()),
    "inference.AdaptiveInterruptionDetector": (
        '`interruption_detection="vad"`; a session that cannot have it says so in its log and does without',
        ("inference.interruption:",),
    ),
    "inference.AvatarSession": ("none: the avatar joins with a LiveKit token of its own", ("inference.avatar:",)),
    "inference.DecisionModel": (_PLUGIN, ("inference._utils:",)),
    "inference.RealtimeModel": (_PLUGIN, ()),
    'inference.TurnDetector(version="v1")': ("`inference.TurnDetector()`", ("inference.eot.detector:",)),
    "inference.TurnDetector()": ("always the model that runs in the agent (v1-mini)", ()),
    "inference.VAD": ("runs in the agent", ()),
    "recording and traces to LiveKit Cloud": (
        "off: nothing of a session is sent, whatever the server is called; `set_tracer_provider` works",
        ("telemetry.traces:",),
    ),
    "BackgroundAudioPlayer": ("", ()),
    "AMD": ("with the session's own LLM and STT, or given ones", ("voice.amd.detector:AMD",)),
    "AvatarSession.aclose()": ("the avatar is not removed by the server API; it leaves by itself", ("voice.avatar.",)),
    "jupyter.run_app()": ("passes with `jupyter_url`", ("jupyter:run_app",)),
}
"""What is tried -> what to do instead, and which functions of livekit.agents that use a key it stands for."""

REPLACED: dict[str, tuple[str, ...]] = {
    "`AgentServer`, `cli.run_app()`: `Worker` takes their place": (
        "worker:AgentServer",
        "cli.cli:_build_cli.start",
        "cli.cli:_build_cli.dev",
        "cli._legacy:_build_cli.start",
        "cli._legacy:_build_cli.dev",
    ),
    "`connect` of upstream's command line: not a command of `Worker`": (
        "cli.cli:_build_cli.connect",
        "cli._legacy:_build_cli.connect",
    ),
}
"""What an agent does not use any more -> the functions that it stands for."""

/** `inference` of `@livekit/agents`: the same, but that what needs a key of LiveKit Cloud says so. */
import { inference as upstream } from '@livekit/agents';
import { withCloudKeys } from './blocked-cloud-keys.ts';

export const AvatarSession = withCloudKeys(upstream.AvatarSession, 'AvatarSession');
export type AvatarSession = upstream.AvatarSession;
export const LLM = withCloudKeys(upstream.LLM, 'LLM');
export type LLM = upstream.LLM;
export const STT = withCloudKeys(upstream.STT, 'STT');
export type STT<Model extends upstream.STTModels> = upstream.STT<Model>;
export const TTS = withCloudKeys(upstream.TTS, 'TTS');
export type TTS<Model extends upstream.TTSModels> = upstream.TTS<Model>;
export const TurnDetector = withCloudKeys(
  upstream.TurnDetector,
  "TurnDetector({ version: 'v1' })",
  (options) => typeof options === 'object' && options !== null && Reflect.get(options, 'version') === 'v1',
);
export type TurnDetector = upstream.TurnDetector;

export const {
  CloudTransport,
  LLMStream,
  LOCAL_LANGUAGES,
  LocalTransport,
  ThresholdOptions,
  TurnDetectorStreamImpl,
  VAD,
  eot,
  llm,
  normalizeSTTFallback,
  normalizeTTSFallback,
  parseAvatarModel,
  parseSTTModelString,
  parseTTSModelString,
  stt,
  tts,
} = upstream;
export type VAD = upstream.VAD;
export type LLMStream = upstream.LLMStream;

export type AvatarModel = upstream.AvatarModel;
export type AvatarSessionOptions = upstream.AvatarSessionOptions;
export type AvatarSessionStartOptions = upstream.AvatarSessionStartOptions;
export type ChatCompletionOptions = upstream.ChatCompletionOptions;
export type CloudTransportOptions = upstream.CloudTransportOptions;
export type DeepgramFluxModels = upstream.DeepgramFluxModels;
export type DeepgramFluxOptions = upstream.DeepgramFluxOptions;
export type GatewayOptions = upstream.GatewayOptions;
export type InferenceClass = upstream.InferenceClass;
export type InferenceLLMOptions = upstream.InferenceLLMOptions;
export type InworldSTTModels = upstream.InworldSTTModels;
export type InworldSTTOptions = upstream.InworldSTTOptions;
export type LemonSliceOptions = upstream.LemonSliceOptions;
export type LLMModels = upstream.LLMModels;
export type STTFallbackModel = upstream.STTFallbackModel;
export type STTFallbackModelType = upstream.STTFallbackModelType;
export type STTLanguages = upstream.STTLanguages;
export type STTModels = upstream.STTModels;
export type STTModelString = upstream.STTModelString;
export type STTOptions<Model extends upstream.STTModels> = upstream.STTOptions<Model>;
export type ThresholdOverride = upstream.ThresholdOverride;
export type TTSFallbackModel = upstream.TTSFallbackModel;
export type TTSFallbackModelType = upstream.TTSFallbackModelType;
export type TTSModels = upstream.TTSModels;
export type TTSModelString = upstream.TTSModelString;
export type TTSOptions<Model extends upstream.TTSModels> = upstream.TTSOptions<Model>;
export type TurnDetectorModel = upstream.TurnDetectorModel;
export type TurnDetectorOptions = upstream.TurnDetectorOptions;
export type TurnDetectorVersion = upstream.TurnDetectorVersion;
export type VADModels = upstream.VADModels;
export type VADOptions = upstream.VADOptions;
export type XAIModels = upstream.XAIModels;
export type XaiSTTModels = upstream.XaiSTTModels;
export type XaiSTTOptions = upstream.XaiSTTOptions;
export type XaiTTSModels = upstream.XaiTTSModels;
export type XaiTTSOptions = upstream.XaiTTSOptions;
export type ZAIModels = upstream.ZAIModels;

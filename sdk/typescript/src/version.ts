import { version as upstreamVersion } from '@livekit/agents';

/** Of this SDK. A test holds it equal to package.json. */
export const VERSION = '1.4.4';

export const USER_AGENT = `livekit-platform-agents/${VERSION} livekit-agents/${upstreamVersion} node/${process.versions.node}`;

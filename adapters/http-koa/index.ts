export { handle } from './handle.ts';
export { limitedServer, type ServerLimits } from './limited-server.ts';
export { platformApp, platformRouter } from './platform-app.ts';

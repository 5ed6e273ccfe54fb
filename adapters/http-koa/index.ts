export { handle } from './handle.ts';
export { platformApp, platformRouter } from './platform-app.ts';

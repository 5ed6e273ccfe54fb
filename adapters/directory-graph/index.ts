export {
  GraphApplicationDirectory,
  type GraphApplicationDirectoryOptions,
} from './graph-application-directory.ts';
export type { GraphCredential } from './graph-token.ts';

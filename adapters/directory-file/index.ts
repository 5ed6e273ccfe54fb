export { FileApplicationDirectory } from './file-application-directory.ts';

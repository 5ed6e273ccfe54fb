import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { realpathSync } from 'node:fs';

/** Declarations of packages that projects share, parsed once; what a project has of its own is read anew. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/**
 * What the compiler of this checkout says of a project, as `tsc` on the folder's tsconfig.json; or, much sooner, of its `own`
 * files and the declarations of the package in it alone: those of other people's packages are then read, and not judged.
 */
export async function declarationErrors(folder: string, judged: 'own' | 'every'): Promise<readonly string[]> {
  const project = realpathSync(folder);
  const config: unknown = JSON.parse(await readFile(join(project, 'tsconfig.json'), 'utf8'));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, project);
  const program = ts.createProgram(fileNames, options, sharingHost(project, options));
  const files = program
    .getSourceFiles()
    .filter(({ fileName }) => judged === 'every' || fileName.startsWith(`${project}/`));
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...files.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function sharingHost(project: string, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) => {
    if (path.startsWith(`${project}/`)) {
      return read(path, ...rest);
    }
    if (!parsed.has(path)) {
      parsed.set(path, read(path, ...rest));
    }
    return parsed.get(path);
  };
  return host;
}

import { describeApplicationDirectory } from '../../contract/application-directory.contract.ts';
import { MemoryApplicationDirectory } from '../../support/memory-application-directory.ts';

describeApplicationDirectory('memory', (known) =>
  Promise.resolve({
    directory: new MemoryApplicationDirectory(known.map(({ application, ...entry }) => [application, entry])),
    close: () => Promise.resolve(),
  }),
);

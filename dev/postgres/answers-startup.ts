import { connect } from 'node:net';

/**
 * Sends a startup message (protocol 3.0). A server that takes connections asks for the password (`R`); one that still
 * starts answers with an error (`E`).
 */
export function answersStartup(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const answer = (ready: boolean): void => {
      resolve(ready);
      socket.destroy();
    };
    socket.once('connect', () => {
      const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
      const head = Buffer.alloc(8);
      head.writeInt32BE(8 + parameters.length, 0);
      head.writeInt32BE(196_608, 4);
      socket.write(Buffer.concat([head, parameters]));
    });
    socket.once('data', (data: Buffer) => {
      answer(data[0] === 'R'.charCodeAt(0));
    });
    socket.once('timeout', () => {
      answer(false);
    });
    socket.once('error', () => {
      answer(false);
    });
  });
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = '/callback';

/** Where an app waits for the person to come back: a free port of the loopback interface. */
export class Callback {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Callback> {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Back in the app</title>');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new Callback(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${PATH}`;
  }

  /** Whether an address leads here, whatever answer it carries. */
  isAt(address: URL): boolean {
    return address.origin + address.pathname === this.url;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

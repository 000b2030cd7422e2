/** A static server a spec can take away: the built page under a path of its own, with no special headers. */
import { preview } from 'vite';

export interface Served {
  readonly url: string;
  stop(): Promise<void>;
}

/** `folder` is a build, from the repository's root. */
export async function serve(folder: string, port: number, base = '/'): Promise<Served> {
  const server = await preview({
    configFile: false,
    logLevel: 'error',
    base,
    build: { outDir: folder },
    preview: { port, strictPort: true },
  });
  return {
    url: `http://localhost:${port}${base}`,
    stop: async () => {
      // Connections the browser keeps open would keep the server alive.
      if ('closeAllConnections' in server.httpServer) server.httpServer.closeAllConnections();
      await server.close();
    },
  };
}

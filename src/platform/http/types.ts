import type { FastifyRequest } from 'fastify';
import type { Log } from '#platform/log';

/** What a person is told when a request fails: never a stack, never a value they did not send. */
export interface ErrorPage {
  readonly status: number;
  readonly title: string;
  readonly message: string;
  /** The number under which the log holds the cause; null where the page itself says everything. */
  readonly errorId: string | null;
}

/** How a server is set up; everything that differs between installations is an argument. */
export interface HttpServerOptions {
  readonly log: Log;
  /** True where people reach the server by https (itself or through a proxy): strict transport and Secure cookies. */
  readonly isHttps: boolean;
  /** Browsers keep to https for the names below this server's name too (HSTS); default true. */
  readonly coversSubdomains?: boolean;
  /** Which proxies may say whom they speak for: addresses or networks with commas between; false: nobody. */
  readonly trustProxy: boolean | string;
  /** Folder of the built assets with their manifest; null serves none. */
  readonly assetsDir: string | null;
  /** Draws the page of an error as a whole HTML document. */
  readonly renderError: (page: ErrorPage, request: FastifyRequest) => string;
  /** Whether requests can be served: the database answers and is at the right version. */
  readonly isReady: () => Promise<boolean>;
  /** Secret by which a monitoring system elsewhere may ask for health and figures; null: this machine only. */
  readonly monitorToken: string | null;
  /** Limit of an ordinary form; default 1 MiB. */
  readonly bodyLimitBytes?: number;
  /** Limit of one uploaded file; default 2 GiB. */
  readonly uploadLimitBytes?: number;
}

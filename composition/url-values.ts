import * as z from 'zod';
import { Secret } from './secret.ts';

const url = (...protocols: readonly string[]): z.ZodType<string, string> =>
  z.string().refine(
    (value) => {
      const parsed = URL.parse(value);
      return parsed !== null && protocols.includes(parsed.protocol.slice(0, -1));
    },
    `must be a ${protocols.join(' or ')} URL`,
  );

/** Such a URL is handed to others, so it must hold nothing but where something is. */
export const bareUrl = (...protocols: readonly string[]): z.ZodType<string, string> =>
  url(...protocols).refine((value) => {
    const parsed = URL.parse(value);
    return parsed !== null && `${parsed.username}${parsed.password}${parsed.search}${parsed.hash}` === '';
  }, 'must hold no user, password, query or fragment');

export const databaseUrl = url('postgres', 'postgresql').transform((value) => new Secret(value));

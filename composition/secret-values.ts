import * as z from 'zod';
import { areDistinct } from './are-distinct.ts';
import { Secret } from './secret.ts';

const MIN_SECRET_LENGTH = 32;
const MIN_DISTINCT = 8;
const WEAK = `needs random secrets of at least ${MIN_SECRET_LENGTH} characters, visible ASCII`;

/** Visible ASCII: white space gets lost on the way through files and headers. */
export const secretText = z
  .string()
  .refine((value) => value.length >= MIN_SECRET_LENGTH, `must be at least ${MIN_SECRET_LENGTH} characters`)
  .regex(/^[\x21-\x7e]*$/, 'must be visible ASCII without white space')
  .refine((value) => new Set(value).size >= MIN_DISTINCT, 'must be random, not a pattern');

export interface NamedSecret {
  readonly id: string;
  readonly secret: Secret;
}

/** In order of preference: the first one signs. */
export type KeyList = readonly [NamedSecret, ...NamedSecret[]];

export const keyList = z
  .string()
  .transform((value) => value.split(',').map((entry) => /^([^:\s]{1,64}):([^\s]+)$/.exec(entry)))
  .refine((entries) => !entries.includes(null), 'must be a list of id:secret')
  .refine((entries) => areDistinct(entries.map((entry) => entry?.[1])), 'names one key id twice')
  .refine((entries) => entries.every((entry) => secretText.safeParse(entry?.[2]).success), WEAK)
  .transform((entries) => {
    const keys = entries.map((entry) => ({ id: entry?.[1] ?? '', secret: new Secret(entry?.[2] ?? '') }));
    return keys as readonly NamedSecret[] as KeyList; // a text has one entry at least, however it is split
  });

export const secretList = z
  .string()
  .transform((value) => value.split(','))
  .refine((secrets) => secrets.length <= 2, 'holds two secrets at most')
  .refine((secrets) => secrets.every((secret) => secretText.safeParse(secret).success), WEAK)
  .transform((secrets): readonly Secret[] => secrets.map((secret) => new Secret(secret)));

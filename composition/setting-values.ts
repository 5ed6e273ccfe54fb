import type * as z from 'zod';
import type { SETTINGS } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

type Settings = typeof SETTINGS;
export type Name = keyof Settings;

/** What the schema of a setting makes of its text. */
export type Value<K extends Name> =
  z.output<Settings[K]['schema']> | (Settings[K] extends { readonly optional: true } ? undefined : never);
export type Values<K extends Name> = { readonly [Key in K]: Value<Key> };

/** The `binaryMediaTypes` of the documented set-up. */
export const ALL_TYPES: readonly string[] = ['*/*'];

/** Whether one of the types (exact, `image/*`, or all) covers a media type; all covers also none. */
export function coversType(types: readonly string[], mediaType: string): boolean {
  const [main = ''] = mediaType.split('/');
  return types.some((type) => type === '*/*' || type === mediaType || type === `${main}/*`);
}

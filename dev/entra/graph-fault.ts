/** What can be wrong with Graph's answers to who reads, until it is told otherwise; edits are taken all the while. */
export type GraphFault =
  /** 403 for everybody: the permission was taken away. */
  | { readonly kind: 'refusing' }
  /** 429 with the given `Retry-After`, for so many requests; without a number for all. */
  | { readonly kind: 'throttling'; readonly retryAfter?: string; readonly times?: number }
  /** The right answer, late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** No answer ever. */
  | { readonly kind: 'hanging' }
  /** 500. */
  | { readonly kind: 'failing' }
  /** The connection is cut. */
  | { readonly kind: 'absent' }
  /** 200 and a web page, as some proxies answer. */
  | { readonly kind: 'web_page' }
  /** 200 and the right object in the form of a list. */
  | { readonly kind: 'wrong_shape' }
  /** 200 and another application's registration, which lists everybody asked about lately. */
  | { readonly kind: 'lying'; readonly lists: readonly string[] };

/** To be imported first: LiveKit's client logs every step where this does not say production. */
process.env['NODE_ENV'] ??= 'production';

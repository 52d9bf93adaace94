// The folder comes from the environment: on the command line it would put all of `output` out of force.
export default {
  input: process.env.SDK_DOCUMENT,
  output: { path: process.env.SDK_OUT, module: { extension: '.js' } },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
}

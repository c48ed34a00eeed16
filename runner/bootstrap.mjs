// The bootstrap of Node.js functions: asks the runtime API for events, calls the
// handler, posts what it answers.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import util from 'node:util';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const root = env.LAMBDA_TASK_ROOT;
const callbacks = Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV)?.[1] ?? 0) < 24;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const api = '/2018-06-01/runtime/';

let current = null; // the event that has no answer yet

function request(method, what, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const r = http.request({ agent, host, port, method, path: api + what, headers }, (response) => {
      const chunks = [];
      response.on('data', (c) => chunks.push(c));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    r.on('error', reject);
    r.end(body);
  });
}

function post(what, text, headers = {}) {
  const body = Buffer.from(text);
  return request('POST', what, body, { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers });
}

// Error reports.

function describe(e, type) {
  if (util.types.isNativeError(e) || (e && e.name && e.message !== undefined && e.stack)) {
    return { errorType: type ?? e.name ?? 'Error', errorMessage: String(e.message), trace: String(e.stack ?? '').split('\n') };
  }
  return { errorType: type ?? typeof e, errorMessage: e === undefined ? 'undefined' : typeof e === 'object' ? text(e) : String(e), trace: [] };
}

function text(v) {
  try {
    return JSON.stringify(v) ?? String(v);
  } catch {
    return util.inspect(v);
  }
}

function report(what, e, type) {
  const d = describe(e, type);
  write('ERROR', what + '\t' + JSON.stringify(e && typeof e === 'object' ? { ...d, stack: d.trace, ...own(e) } : d));
  return post(current ? `invocation/${current}/error` : 'init/error', JSON.stringify(d), {
    'Lambda-Runtime-Function-Error-Type': type ?? (current ? 'Unhandled' : d.errorType),
  });
}

function own(e) {
  const more = {};
  for (const k of Object.keys(e)) {
    if (k !== 'stack' && typeof e[k] !== 'function' && typeof e[k] !== 'bigint') more[k] = typeof e[k] === 'object' ? text(e[k]) : e[k];
  }
  return more;
}

// Console lines as Lambda writes them: time, request id, level, message.

const write = (level, message) => fs.writeSync(1, `${new Date().toISOString()}\t${current ?? 'undefined'}\t${level}\t${message}\n`);

function safeWrite(level, message) {
  try {
    write(level, message);
  } catch (e) {
    if (e.code !== 'EAGAIN' && e.code !== 'EPIPE') throw e; // a full pipe must not fail the function
  }
}

for (const [name, level] of [['log', 'INFO'], ['info', 'INFO'], ['warn', 'WARN'], ['error', 'ERROR'], ['debug', 'DEBUG'], ['trace', 'TRACE']]) {
  console[name] = (...args) => safeWrite(level, util.format(...args));
}

// Loading the handler.

class Failure extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function moduleType(file) {
  for (let dir = path.dirname(file); ; dir = path.dirname(dir)) {
    const description = path.join(dir, 'package.json');
    if (fs.existsSync(description)) return JSON.parse(fs.readFileSync(description, 'utf8')).type ?? 'commonjs';
    if (dir === root || dir === path.dirname(dir)) return 'commonjs';
  }
}

async function importModule(name) {
  const base = path.resolve(root, name);
  const require = createRequire(path.join(root, 'index.js'));
  for (const ext of ['', '.js', '.mjs', '.cjs']) {
    const file = base + ext;
    if (!fs.existsSync(file) || !fs.statSync(file).isFile()) continue;
    if (ext === '.mjs' || (ext === '.js' && moduleType(file) === 'module')) return import(pathToFileURL(file).href);
    return require(file);
  }
  try {
    return require(base); // a folder with an index
  } catch (e) {
    if (e.code !== 'MODULE_NOT_FOUND') throw e;
    throw new Failure('Runtime.ImportModuleError', `Error: Cannot find module '${path.basename(name)}'\nRequire stack:\n- ${path.join(env.LAMBDA_RUNTIME_DIR, 'bootstrap.mjs')}`);
  }
}

async function load() {
  const whole = env._HANDLER;
  if (whole.includes('..')) throw new Failure('Runtime.MalformedHandlerName', `'${whole}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  const slash = whole.lastIndexOf('/') + 1;
  const dot = whole.indexOf('.', slash);
  if (dot <= slash || dot === whole.length - 1) throw new Failure('Runtime.MalformedHandlerName', 'Bad handler');
  let module;
  try {
    module = await importModule(whole.slice(0, dot));
  } catch (e) {
    if (e instanceof Failure) throw e;
    if (e instanceof SyntaxError) throw Object.assign(new Failure('Runtime.UserCodeSyntaxError', `${e.name}: ${e.message}`), { stack: e.stack });
    if (e?.code === 'MODULE_NOT_FOUND' || e?.code === 'ERR_MODULE_NOT_FOUND') throw Object.assign(new Failure('Runtime.ImportModuleError', `Error: ${e.message}`), { stack: e.stack });
    throw e;
  }
  const find = (from) => whole.slice(dot + 1).split('.').reduce((o, k) => o?.[k], from);
  const handler = find(module) ?? find(module.default);
  if (!handler) throw new Failure('Runtime.HandlerNotFound', `${whole} is undefined or not exported`);
  if (typeof handler !== 'function') throw new Failure('Runtime.HandlerNotFound', `${whole} is not a function`);
  if (!callbacks && handler.length > 2) {
    throw new Failure('Runtime.CallbackHandlerDeprecated', 'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.');
  }
  return handler;
}

// Calling it.

let onEmpty = null; // what to do when nothing is left to wait for
process.on('beforeExit', () => {
  const f = onEmpty;
  onEmpty = null;
  f?.();
});

function fatal(type, what) {
  return async (e) => {
    try {
      await report(what, type === 'Runtime.UnhandledPromiseRejection' ? Object.assign(new Error(String(describe(e).errorMessage)), { stack: e?.stack, reason: describe(e) }) : e, type);
    } finally {
      process.exit(type ? 128 : 129);
    }
  };
}
process.on('uncaughtException', fatal(undefined, 'Uncaught Exception'));
process.on('unhandledRejection', fatal('Runtime.UnhandledPromiseRejection', 'Unhandled Promise Rejection'));

function makeContext(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const parse = (h) => (headers[h] ? JSON.parse(headers[h]) : undefined);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse('lambda-runtime-client-context'),
    identity: parse('lambda-runtime-cognito-identity'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

// The outcome of one call: {value} or {error}. A callback waits, unless it is told
// not to, until the function has nothing left to do.
function call(handler, event, context) {
  return new Promise((resolve) => {
    let over = false;
    const end = (outcome) => {
      if (over) return;
      over = true;
      onEmpty = null;
      resolve(outcome);
    };
    onEmpty = () => end({ value: null }); // it ended without an answer
    if (callbacks) {
      let called = false;
      const done = (error, value) => {
        if (called) return;
        called = true;
        const outcome = error === null || error === undefined ? { value } : { error };
        if (context.callbackWaitsForEmptyEventLoop && !outcome.error) onEmpty = () => end(outcome);
        else setImmediate(() => end(outcome));
      };
      context.done = done;
      context.succeed = (value) => { context.callbackWaitsForEmptyEventLoop = false; done(null, value); };
      context.fail = (error) => { context.callbackWaitsForEmptyEventLoop = false; done(error ?? 'handled'); };
      context.callback = undefined;
      delete context.callback;
      run(() => handler(event, context, done));
    } else {
      run(() => handler(event, context));
    }
    function run(start) {
      let returned;
      try {
        returned = start();
      } catch (error) {
        return end({ error });
      }
      if (returned && typeof returned.then === 'function') {
        returned.then((value) => end({ value }), (error) => end({ error }));
      } else if (!callbacks) {
        end({ value: returned });
      }
    }
  });
}

async function serve(handler) {
  for (;;) {
    const next = await request('GET', 'invocation/next');
    if (next.status !== 200) process.exit(0); // the environment ends
    current = next.headers['lambda-runtime-aws-request-id'];
    if (next.headers['lambda-runtime-trace-id']) env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
    else delete env._X_AMZN_TRACE_ID;
    let outcome;
    try {
      outcome = await call(handler, next.body.length ? JSON.parse(next.body.toString('utf8')) : undefined, makeContext(next.headers));
    } catch (error) {
      outcome = { error };
    }
    if ('error' in outcome) {
      await report('Invoke Error', outcome.error);
    } else {
      let body;
      try {
        body = JSON.stringify(outcome.value === undefined ? null : outcome.value) ?? 'null';
      } catch (error) {
        await report('Invoke Error', error, 'Runtime.MarshalError');
        current = null;
        continue;
      }
      await post(`invocation/${current}/response`, body);
    }
    current = null;
  }
}

let handler;
try {
  handler = await load();
} catch (e) {
  await report('Uncaught Exception', e, e instanceof Failure ? e.name : undefined);
  process.exit(1);
}
serve(handler).catch(() => process.exit(1));

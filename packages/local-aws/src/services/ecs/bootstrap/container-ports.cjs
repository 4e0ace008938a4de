'use strict';
// Loaded into every Node.js process of a container before its own code. A container has ports of its own; processes
// share those of the machine. So a server that listens on a port of the container listens on the port that stands for it
// here, and on the loopback interface, as all servers of the runtime. Who connects to the container's own port by
// `localhost` is led to the same place.
const net = require('node:net');

/** Port of the container and port of this machine, in pairs. */
const ports = new Map(JSON.parse(process.env.LOCAL_AWS_CONTAINER_PORTS ?? '[]'));
const loopback = '127.0.0.1';

function portHere(port) {
  return ports.get(Number(port)) ?? port;
}

function isPort(value) {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

/** The arguments of `listen`, in the forms that Node.js documents; pipes and handles stay as they are. */
function listenArguments(args) {
  const [first, ...rest] = args;
  const callback = args.findLast((one) => typeof one === 'function');
  if (first === undefined || first === null || typeof first === 'function') {
    return [{ port: 0, host: loopback }, callback];
  }
  if (isPort(first)) {
    const backlog = rest.find((one) => typeof one === 'number');
    return [{ port: portHere(first), host: loopback, backlog }, callback];
  }
  if (typeof first !== 'object' || first.port === undefined || first.fd !== undefined) return args;
  return [{ ...first, port: portHere(first.port), host: loopback, ipv6Only: false }, callback];
}

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (...args) {
  return listen.apply(this, listenArguments(args));
};

function isOwnHost(host) {
  return host === undefined || ['localhost', loopback, '::1', '0.0.0.0'].includes(host);
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  // net.connect passes its arguments on as one list, which Node.js knows again by a mark.
  const list = Array.isArray(args[0]) ? args[0] : args;
  const [first] = list;
  if (isPort(first)) {
    const host = typeof list[1] === 'string' ? list[1] : undefined;
    if (isOwnHost(host) && ports.has(Number(first))) list[0] = portHere(first);
  } else if (typeof first === 'object' && first !== null && isOwnHost(first.host) && ports.has(Number(first.port))) {
    list[0] = { ...first, port: portHere(first.port), host: loopback };
  }
  return connect.apply(this, args);
};

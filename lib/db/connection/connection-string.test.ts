import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { ConnectionStringError, findPassword, parseConnectionString } from "./connection-string";

const parse = (value: string, environment = {}) => parseConnectionString(value, environment);
const hosts = (value: string, environment = {}) =>
  parse(value, environment).hosts.map(({ host, address, port }) =>
    address ? `${host} at ${address}:${port}` : `${host}:${port}`,
  );
const folder = mkdtempSync(path.join(tmpdir(), "connection-string-"));
const file = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

test("a URI has a user, password, host, port, database and parameters", () => {
  expect(
    parse("postgresql://ann:p%40ss%2F@db.example:6432/app?application_name=ops&connect_timeout=7"),
  ).toMatchObject({
    user: "ann",
    password: "p@ss/",
    hosts: [{ host: "db.example", port: 6432 }],
    database: "app",
    applicationName: "ops",
    connectTimeoutMs: 7_000,
    sessionKind: "any",
    tls: { mode: "prefer" },
  });
});

test.each([
  ["postgresql://", ["localhost:5432"]],
  ["postgres://h", ["h:5432"]],
  ["postgresql://u@h1,h2:5433,h3/db", ["h1:5432", "h2:5433", "h3:5432"]],
  ["postgresql://[2001:db8::1]:5433,[::1]/db", ["2001:db8::1:5433", "::1:5432"]],
  ["postgresql://[fe80::1%25eth0]:5433/db", ["fe80::1%eth0:5433"]],
  ["postgresql://%2Fvar%2Frun%2Fpg/db", ["/var/run/pg:5432"]],
  ["postgresql://u:p@/db?host=/sock", ["/sock:5432"]],
  ["postgresql:///db?host=a,b&port=1,2", ["a:1", "b:2"]],
  ["postgresql://ignored/db?host=kept", ["kept:5432"]],
  ["host=h port=6000 dbname=db", ["h:6000"]],
  ["host = 'h' user='u\\'s' password = 'a b\\\\c'", ["h:5432"]],
  ["host=db.example hostaddr=10.0.0.1", ["db.example at 10.0.0.1:5432"]],
  ["hostaddr=10.0.0.1", ["localhost at 10.0.0.1:5432"]],
])("%s names the servers %j", (value, expected) => {
  expect(hosts(value, { PGHOST: "localhost" })).toEqual(expected);
});

test.each(["postgresql://u:p@h/db\n", " \tpostgresql://u:p@h/db\r\n"])(
  "spaces around %j are not part of it",
  (value) => {
    expect(parse(value)).toMatchObject({ hosts: [{ host: "h" }], password: "p", database: "db" });
  },
);

test("keyword values may be quoted and escaped", () => {
  expect(parse("host=h user='u\\'s' password='a b\\\\c' dbname=x\\ y")).toMatchObject({
    user: "u's",
    password: "a b\\c",
    database: "x y",
  });
});

test.each([
  ["host=h user=ann password=it's dbname=db", "it's"],
  ["host=h password='a b'user=ann dbname=db", "a b"],
  ["host=h user=ann dbname = db password= \n a'b'", "a'b'"],
  ["host=h user=ann dbname=db password=a\\", "a"],
])("%j has the password %j, as in libpq", (value, password) => {
  expect(parse(value)).toMatchObject({ user: "ann", password, database: "db" });
});

test.each(["a#b:c", "a?b", "?sslmode=x", "a+b", "[x]"])(
  "%j, which URIs of other kinds reserve, is part of a password",
  (password) => {
    expect(parse(`postgresql://u:${password}@h/d`)).toMatchObject({
      user: "u",
      password,
      hosts: [{ host: "h" }],
      database: "d",
    });
  },
);

test.each([
  ["a/b", "an @ after a /; write a / in the user or password as %2F"],
  ["1/2", "an @ after a /; write a / in the user or password as %2F"],
  ["/", "an @ after a /; write a / in the user or password as %2F"],
  ["a@b", "more than one @ before the database; write an @ in the user or password as %40"],
  ["a%zz", "a % in the password that is not part of an escape such as %20; write the % as %25"],
])("a password %s is refused with how to write it", (password, message) => {
  expect(() => parse(`postgresql://u:${password}@h:5432/d`)).toThrow(message);
  const encoded = encodeURIComponent(password);
  expect(parse(`postgresql://u:${encoded}@h:5432/d`)).toMatchObject({ password, database: "d" });
});

test("parts missing from the string come from the environment, then from defaults", () => {
  const environment = {
    PGHOST: "e",
    PGPORT: "7000",
    PGUSER: "eve",
    PGPASSWORD: "secret",
    PGDATABASE: "edb",
    PGSSLMODE: "disable",
    PGOPTIONS: "-c search_path=x",
    PGAPPNAME: "app",
    PGTARGETSESSIONATTRS: "read-write",
  };
  expect(parse("postgresql://", environment)).toMatchObject({
    hosts: [{ host: "e", port: 7000 }],
    user: "eve",
    password: "secret",
    database: "edb",
    tls: { mode: "disable" },
    options: "-c search_path=x",
    applicationName: "app",
    sessionKind: "read-write",
  });
  expect(parse("postgresql://u@h/d", environment)).toMatchObject({ user: "u", database: "d" });
  expect(parse("postgresql://h")).toMatchObject({
    user: userInfo().username,
    database: userInfo().username,
    passwordFile: path.join(homedir(), ".pgpass"),
  });
});

test("a service provides missing parts, before the environment", () => {
  const PGSERVICEFILE = file(
    "service.conf",
    "# comment\n[other]\nhost=wrong\n[prod]\nhost=db.prod\nport=6000\ndbname=app\n[next]\nuser=x\n",
  );
  const environment = { PGSERVICEFILE, PGHOST: "e", PGUSER: "eve" };
  expect(parse("service=prod dbname=mine", environment)).toMatchObject({
    hosts: [{ host: "db.prod", port: 6000 }],
    database: "mine",
    user: "eve",
  });
  expect(parse("postgresql:///?service=prod", environment).database).toBe("app");
});

test("a password file is searched by host, port, database and user", () => {
  const passfile = file(
    "pgpass",
    "#h:5432:d:u:no\nh:5432:other:u:no\nlocalhost:*:*:u:local\nh:*:d:u:a\\:b\\\\c:d\n*:*:*:*:any\n",
  );
  const find = (value: string) => {
    const target = parse(value, { PGPASSFILE: passfile });
    return target.hosts.map((host) => findPassword(target, host));
  };
  chmodSync(passfile, 0o600);
  expect(find("postgresql://u@h,other/d")).toEqual(["a:b\\c:d", "any"]);
  expect(find("postgresql://u@/d?host=/sock")).toEqual(["local"]);
  chmodSync(passfile, 0o644);
  expect(find("postgresql://u@h/d")).toEqual([undefined]);
});

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfDCCASOgAwIBAgIUcmOV8eY0jM8oQ0M1o3rI0vVd3a4wCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----`;

test.each([
  ["sslmode=disable", { mode: "disable", verifyChain: false }],
  ["sslmode=require", { mode: "require", verifyChain: false }],
  ["sslmode=no-verify", { mode: "require", verifyChain: false }],
  ["ssl=true", { mode: "require", verifyChain: false }],
  ["ssl=0", { mode: "disable" }],
  ["sslmode=verify-full", { mode: "verify-full", verifyChain: true }],
  ["sslrootcert=system", { mode: "verify-full", verifyChain: true }],
  ["sslmode=require&sslnegotiation=direct", { direct: true }],
  ["sslmode=require&channel_binding=require", { channelBinding: true }],
  ["sslmode=require&ssl_min_protocol_version=TLSv1.3", { minVersion: "TLSv1.3" }],
])("%s", (parameters, tls) => {
  expect(parse(`postgresql://u@h/d?${parameters}`).tls).toMatchObject(tls);
});

test("parameters of other clients are ignored", () => {
  const target = parse("postgresql://u@h/d?pgbouncer=true&connection_limit=1&schema=public");
  expect(target.database).toBe("d");
});

test.each([
  ["", "is not a connection string; it looks like"],
  ["nonsense", "is not a connection string; it looks like"],
  ["http://h/d", "is not a connection string; it looks like"],
  ["postgresql://u:p@ss@h/d", "more than one @"],
  ["postgresql://u:100%@h/d", "write the % as %25"],
  ["postgresql://h:port/d", "cannot be parsed"],
  ["postgresql://u:p/w@h/d", "an @ after a /"],
  ["postgresql://u:p%00@h/d", "%00 in the password"],
  ["postgresql://h:0/d", "from 1 to 65535"],
  ["postgresql://a,b/d?port=1,2,3", "as many ports as hosts"],
  ["host=a,b hostaddr=10.0.0.1", "as many addresses"],
  ["postgresql://h/d?sslmod=require", "does not know (sslmod)"],
  ["postgresql://h/d?sslmode=on", "unknown sslmode; use one of disable"],
  ["postgresql://h/d?sslmode", "without a value"],
  ["postgresql://h/d?sslmode=verify-ca", "without an authority"],
  ["postgresql://h/d?sslmode=require&sslrootcert=system", "needs sslmode=verify-full"],
  ["postgresql://h/d?sslrootcert=/nowhere/root.crt", "sslrootcert that cannot be read"],
  ["postgresql://h/d?gssencmode=require", "does not support GSSAPI"],
  ["postgresql://h/d?require_auth=scram-sha-256", "require_auth, which the dashboard does not"],
  ["postgresql://h/d?target_session_attrs=master", "unknown target_session_attrs"],
  ["postgresql://h/d?connect_timeout=soon", "connect_timeout"],
  ["service=nowhere", "names a service"],
  ["host=h password='unfinished", "is not a connection string"],
])("%j is refused with a hint", (value, message) => {
  const attempt = () => parse(value, { PGSERVICEFILE: path.join(folder, "none") });
  expect(attempt).toThrow(ConnectionStringError);
  expect(attempt).toThrow(message);
});

test("an invalid certificate is refused at the start", () => {
  const root = file("root.crt", "not a certificate");
  expect(() => parse(`postgresql://h/d?sslrootcert=${root}`)).toThrow("holds no certificate");
  expect(() => parse(`postgresql://h/d?sslcert=${file("c.crt", CERTIFICATE)}`)).toThrow("sslkey");
});

test("a message never repeats a value", () => {
  for (const value of [
    "postgresql://ann:hunter2%@h/d",
    "postgresql://ann:hunter2@x@h/d",
    "host=h password=hunter2 nonsense=hunter2",
    "hunter2",
  ])
    try {
      parse(value);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain("hunter2");
    }
});

// jose mints: reads {alg, header, claims, key or secret} as JSON on standard input and prints the token.

import { readFileSync } from "node:fs";
import { SignJWT, UnsecuredJWT, importJWK } from "jose";

const { alg, header, claims, key, secret } = JSON.parse(readFileSync(0, "utf8"));

async function mint() {
  if (alg === "none") return new UnsecuredJWT(claims).encode();
  const signer = secret ? new TextEncoder().encode(secret) : await importJWK(key, alg);
  return new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(signer);
}

console.log(await mint());

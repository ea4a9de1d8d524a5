// jose verifies the access token and the receipt that our services issue.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { accessToken, discover, known, partner, receipt } from "./jose_services.mjs";

const api = await discover(known.orders);
const token = await accessToken(api);
const algorithms = ["ES256"];
const requiredClaims = ["iss", "sub", "aud", "exp", "iat", "jti"];

// A token, and what its reader has agreed on with its issuer.
const kinds = {
  "access token": {
    issue: async () => token,
    keys: createRemoteJWKSet(new URL(api.issuerJwksUri)),
    agreed: { typ: "at+jwt", issuer: api.issuer, audience: api.resource },
  },
  receipt: {
    issue: () => receipt(api, token),
    keys: createRemoteJWKSet(new URL(api.jwksUri)),
    agreed: { typ: "fulfilment-receipt+jwt", issuer: api.resource, audience: partner.client_id },
  },
};

for (const [name, { issue, keys, agreed }] of Object.entries(kinds)) {
  describe(name, () => {
    let issued;
    const verify = (text, options) => jwtVerify(text, keys, { algorithms, requiredClaims, ...agreed, ...options });
    before(async () => {
      issued = await issue();
    });

    test("jose verifies it", async () => {
      const { payload, protectedHeader } = await verify(issued);
      assert.equal(payload.iss, agreed.issuer);
      assert.equal(payload.aud, agreed.audience);
      assert.equal(protectedHeader.alg, "ES256");
      assert.equal(protectedHeader.typ, agreed.typ);
    });

    test("jose refuses an altered one", async () => {
      const [header, , signature] = issued.split(".");
      const claims = { ...decodeJwt(issued), sub: "somebody-else" };
      const altered = Buffer.from(JSON.stringify(claims)).toString("base64url");
      const code = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
      await assert.rejects(verify(`${header}.${altered}.${signature}`), { code });
    });

    test("jose refuses it for another audience", async () => {
      const audience = "https://elsewhere.example";
      await assert.rejects(verify(issued, { audience }), { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "aud" });
    });

    test("jose refuses it as a token of another kind", async () => {
      await assert.rejects(verify(issued, { typ: "JWT" }), { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "typ" });
    });

    test("jose refuses it when it has expired", async () => {
      const { exp } = decodeJwt(issued);
      await verify(issued, { currentDate: new Date((exp - 1) * 1000) });
      await assert.rejects(verify(issued, { currentDate: new Date(exp * 1000) }), { code: "ERR_JWT_EXPIRED" });
    });
  });
}

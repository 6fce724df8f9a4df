// The JavaScript library of Digital Bazaar as a second judge: what it says of each credential, and
// one that it signs. Reads {contexts, documents, methods, now, judge, sign} and writes what it found.
import { readFileSync } from "node:fs";
import * as vc from "@digitalbazaar/vc";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as Ed25519Multikey from "@digitalbazaar/ed25519-multikey";

const told = JSON.parse(readFileSync(0, "utf8"));
const known = { ...told.contexts, ...told.documents };
const documentLoader = async (url) => {
  if (!(url in known)) throw new Error(`not known: ${url}`);
  return { contextUrl: null, documentUrl: url, document: known[url] };
};

const judged = [];
for (const text of told.judge) {
  let credential;
  try {
    credential = JSON.parse(text);
    const suite = new DataIntegrityProof({ cryptosuite });
    const result = await vc.verifyCredential({
      credential, suite, documentLoader, now: new Date(told.now),
      checkStatus: async () => ({ verified: true }),
    });
    judged.push(result.verified === true);
  } catch {
    judged.push(false);
  }
}

const signed = [];
for (const { credential, key } of told.sign) {
  const signer = (await Ed25519Multikey.from(key)).signer();
  const suite = new DataIntegrityProof({ signer, cryptosuite, date: told.now });
  signed.push(await vc.issue({ credential, suite, documentLoader, now: new Date(told.now) }));
}
process.stdout.write(JSON.stringify({ judged, signed }));

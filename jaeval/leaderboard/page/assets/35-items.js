// Item files: scripts that are loaded when somebody wants to read or compare, one for each model and task.

const itemFiles = new Map();
const waiting = new Map();

// The one name that item files know.
window.jaevalItems = (shard, encoded) => {
  const deliver = waiting.get(shard);
  if (deliver) deliver(encoded);
};

function hasItems(model, column) {
  return board.columns[column].items[model] === 1;
}

/** The items of a model's column. Rejects where the file is not there or cannot be read. */
function loadItems(model, column) {
  const shard = `${models.id[model]}/${board.columns[column].id}`;
  if (!itemFiles.has(shard)) {
    const loading = readShard(shard).then(decodeItems);
    itemFiles.set(shard, loading);
    // A failed load may be tried again.
    loading.catch(() => itemFiles.delete(shard));
  }
  return itemFiles.get(shard);
}

function readShard(shard) {
  const inline = document.querySelector(`script[data-items="${shard}"]`);
  if (inline) return Promise.resolve(inline.textContent);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const finish = () => {
      waiting.delete(shard);
      script.remove();
    };
    waiting.set(shard, (encoded) => {
      resolve(encoded);
    });
    script.addEventListener("load", () => {
      finish();
      reject(new Error(shard)); // without effect where the file has delivered
    });
    script.addEventListener("error", () => {
      finish();
      reject(new Error(shard));
    });
    script.src = `${board.stem}.items/${shard}.js`;
    document.head.append(script);
  });
}

async function decodeItems(encoded) {
  const bytes = Uint8Array.from(atob(encoded.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const items = JSON.parse(await new Response(stream).text());
  unpackAll(items, ["score", "cluster", "finish", "task"]);
  if (!items.withheld) unpackAll(items, ["prompt", "response", "reasoning", "extracted", "target"]);
  return items;
}

/** right, wrong, partly, failed, or nothing where the item has no score of its own. */
function verdictOf(items, place) {
  if (items.finish[place] === "failed") return "failed";
  const score = items.score[place];
  if (score === null) return "none";
  return score === 1 ? "right" : score === 0 ? "wrong" : "partly";
}

const VERDICTS = ["right", "wrong", "partly", "failed", "none"];

/** The sign of a verdict: a circle for right in Japanese, a tick in English. */
function verdictMark(verdict) {
  return say(`mark.${verdict}`);
}

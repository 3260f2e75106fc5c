// The answers that wait on this phone, in IndexedDB: each under its own key, with whose it is and when it was given.
// States: "waits", "sent" (until it was told and Today has come anew), "refused" (until the client has decided).

const STORE = "answers";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("plumbline", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error ?? new Error("blocked"));
  });
}

/** Do one thing in a transaction of its own; resolves once it is on the disk. */
async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const result = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(result.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const entries = () => within("readonly", (store) => store.getAll());

export const enter = (entry) => within("readwrite", (store) => store.put(entry));

export const strike = (id) => within("readwrite", (store) => store.delete(id));

/** Change one that is still there; one that was deleted meanwhile stays deleted. */
export const amend = (id, change) =>
  within("readwrite", (store) => {
    const request = store.get(id);
    request.onsuccess = () => request.result && store.put({ ...request.result, ...change });
    return request;
  });

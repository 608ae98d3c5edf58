// What all the scripts here share: they print name, data and ID of each event, as JSON, up to
// one named `end`.

const read = [];

exports.url = process.argv[2];

exports.keep = (name, data, id) => {
  read.push([name || "message", data, id || ""]);
  if (name === "end") process.stdout.write(JSON.stringify(read), () => process.exit());
};

exports.readWith = (EventSource) => {
  const source = new EventSource(exports.url);
  for (const name of ["message", "named", "end"]) {
    source.addEventListener(name, (it) => {
      if (name === "end") source.close();
      exports.keep(it.type, it.data, it.lastEventId);
    });
  }
  source.onerror = (error) => {
    console.error(error);
    process.exit(1);
  };
};

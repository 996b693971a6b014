async function single() {
  return { success: true };
}

async function* batch(taskGraph) {
  for (const task of Object.keys(taskGraph.tasks)) yield { task, result: { success: true, terminalOutput: '' } };
}

module.exports = { single, batch };

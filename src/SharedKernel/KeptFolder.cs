namespace SmartCity;

/// <summary>A folder of files that belong to the city's data, beside its database: backed up and restored with it, and checked against it.
/// Register one for each as a singleton.</summary>
/// <param name="Key">Key of the module and of what it keeps, as <c>module.things</c>: the folder's name in a backup.</param>
/// <param name="Path">Where it stands on this machine.</param>
/// <param name="Files">Names of the files that the tables speak of, with their SHA-256 in lower-case hexadecimal.</param>
public sealed record KeptFolder(string Key, string Path, Func<IServiceProvider, CancellationToken, Task<IReadOnlyDictionary<string, string>>> Files);

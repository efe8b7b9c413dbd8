using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Store;

/// <summary>Values in partitions by month, on PostgreSQL; those that are there stay where they are, as the partition of the rest.</summary>
[DbContext(typeof(FeedsDb)), Migration("20261123060000_Months")]
internal sealed class FeedsMonths : ModuleMigration
{
    protected override string ModuleKey => FeedsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (!IsPostgres) return;
        // its key keeps its index: nothing is copied
        m.Sql($"""
            ALTER TABLE {Schema}.observations RENAME TO observations_rest;
            ALTER INDEX {Schema}."PK_feeds_observations" RENAME TO "PK_feeds_observations_rest";
            CREATE TABLE {Schema}.observations (LIKE {Schema}.observations_rest INCLUDING DEFAULTS) PARTITION BY RANGE ("ObservedAt");
            ALTER TABLE {Schema}.observations ADD CONSTRAINT "PK_feeds_observations" PRIMARY KEY ("ObservedAt", "SeriesId", "FetchedAt");
            ALTER TABLE {Schema}.observations ATTACH PARTITION {Schema}.observations_rest DEFAULT;
            """);
    }
}

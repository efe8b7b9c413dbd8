using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Store;

/// <summary>Indexes by which any instant is found as fast after a month of moving vehicles as on the first day.</summary>
[DbContext(typeof(FeedsDb)), Migration("20261122210000_ThingsInTime")]
internal sealed class FeedsThingsInTime : ModuleMigration
{
    protected override string ModuleKey => FeedsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        m.DropIndex("IX_feeds_things_now", Table("things"), Schema);
        m.CreateIndex("IX_feeds_things_from", Table("things"), ["Feed", "From"], schema: Schema);
        m.CreateIndex("IX_feeds_things_now", Table("things"), ["Feed", "Key"], schema: Schema, filter: StoredThing.Present);
        m.CreateIndex("IX_feeds_things_long", Table("things"), ["Feed", "Until", "From"], schema: Schema, filter: StoredThing.Long);
        m.DropIndex("IX_feeds_events_open", Table("events"), Schema);
        m.CreateIndex("IX_feeds_events_open", Table("events"), ["Feed", "Status", "Until", "FetchedAt"], schema: Schema);
    }
}

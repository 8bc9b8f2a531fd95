
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('letters', '0001_initial'),
        ('monitoring', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('forum', 'forum'), ('training', 'training'), ('webinar', 'webinar'), ('ceremony', 'award ceremony'), ('other', 'other meeting')], default='training', max_length=10, verbose_name='kind')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('first', models.DateField(verbose_name='first day')),
                ('last', models.DateField(verbose_name='last day')),
                ('begins', models.TimeField(blank=True, null=True, verbose_name='begins at')),
                ('place', models.CharField(blank=True, max_length=300, verbose_name='place')),
                ('hours', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='academic hours')),
                ('programme', models.JSONField(blank=True, default=list, verbose_name='programme')),
                ('state', models.CharField(choices=[('planned', 'planned'), ('held', 'held'), ('cancelled', 'cancelled')], default='planned', max_length=10, verbose_name='state')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forum_events', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'forum or training',
                'verbose_name_plural': 'forums and trainings',
                'ordering': ['-first', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('workplace', models.CharField(blank=True, max_length=300, verbose_name='place of work')),
                ('origin', models.CharField(choices=[('awards', 'award list'), ('admins', 'page admins'), ('hand', 'by hand')], max_length=8, verbose_name='origin')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='code')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('came_at', models.DateTimeField(null=True, verbose_name='came at')),
                ('came_by', models.CharField(blank=True, choices=[('list', 'marked on the list'), ('door', 'at the door')], max_length=4, verbose_name='how it was noticed')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='forum.event', verbose_name='forum or training')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='monitoring.institution', verbose_name='institution')),
                ('letters', models.ManyToManyField(related_name='participants', to='letters.letter', verbose_name='invitation')),
                ('marked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='marked by')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='monitoring.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'participant',
                'verbose_name_plural': 'participants',
            },
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(models.F('region'), models.F('title'), models.F('first'), name='forum_event_once'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='forum_event_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(models.F('event'), models.F('key'), name='participant_once'),
        ),
    ]
